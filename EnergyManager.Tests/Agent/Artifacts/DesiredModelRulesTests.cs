using EnergyManager.Agent;
using EnergyManager.Agent.Artifacts;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Tests.Agent.Artifacts;

public sealed class DesiredModelRulesTests
{
    private static readonly string Hash = new('a', 64);

    [Theory]
    [InlineData("/models/m.onnx", true)]
    [InlineData("/models/mobile%20net.onnx", true)]
    [InlineData("/models/m.onnx?sha256={hash}", true)]
    [InlineData("/models/m.onnx?sha256=bbbb", false)]
    [InlineData("/models/m.onnx?sha256={hash}&x=1", false)]
    [InlineData("/models/m.onnx?x=1", false)]
    [InlineData("/models/?sha256={hash}", false)]
    [InlineData("/models/", false)]
    [InlineData("/models/a/m.onnx", false)]
    [InlineData("/models/..", false)]
    [InlineData("/models/%2e%2e", false)]
    [InlineData("/models/%2e%2e%2fapi", false)]
    [InlineData("/models/..%5capi", false)]
    [InlineData("/models/m.onnx#part", false)]
    [InlineData("/api/models", false)]
    [InlineData("//other.example/models/m.onnx", false)]
    [InlineData("https://other.example/models/m.onnx", false)]
    [InlineData("models/m.onnx", false)]
    public void Check_Path_OnlyAFileOfTheServersModels(string path, bool accepted)
    {
        var model = new DesiredModel
        {
            DeploymentId = "d",
            Model = "m",
            FileName = "m.onnx",
            Sha256 = Hash,
            SizeBytes = 1,
            Path = path.Replace("{hash}", Hash, StringComparison.Ordinal),
        };

        if (accepted)
            Should.NotThrow(() => DesiredModelRules.Check(model, new ArtifactOptions()));
        else
            Should.Throw<DeploymentFailedException>(() => DesiredModelRules.Check(model, new ArtifactOptions())).Message.ShouldContain("path must be /models/");
    }
}
