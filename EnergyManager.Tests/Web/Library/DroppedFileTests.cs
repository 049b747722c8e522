using EnergyManager.Tests.Core.Onnx;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Library;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Library;

public sealed class DroppedFileTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Find_FileThatWasPutThereThisMoment_IsFoundThoughTheListingIsOlder()
    {
        using var elsewhere = new TemporaryDirectory();
        var library = server.Services.GetRequiredService<IModelLibrary>();
        var model = ModelFile.Bytes(graph => graph.Output(graph.Relu(graph.Conv(graph.Input("x", 1, 3, 8, 8), channels: 4, kernel: 3)), "y"));
        (await library.FindAsync("dropped", null, CancellationToken.None)).ShouldBeNull();

        await File.WriteAllBytesAsync(elsewhere["dropped.onnx"], model);
        File.Move(elsewhere["dropped.onnx"], Path.Combine(server.ModelStore, "dropped.onnx"));

        var found = await library.FindAsync("dropped", null, CancellationToken.None);
        found.ShouldNotBeNull().Available.ShouldBeTrue();
    }
}
