using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using EnergyManager.Core.ModelStore;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Library.Sources;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Web.Library;

/// <summary>The Hub client against a small server that redirects, hashes and fails as the Hub does.</summary>
public sealed class HuggingFaceSourceTests : IDisposable
{
    private static readonly byte[] Weights = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))];
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));

    private readonly TemporaryDirectory _directory = new();
    private readonly FileModelStore _store;
    private readonly List<string> _requests = [];

    public HuggingFaceSourceTests() => _store = new FileModelStore(new ModelStoreOptions { Directory = _directory["store"] }, TimeProvider.System);

    [Fact]
    public async Task Fetch_OnnxExport_IsTakenBeforeTheWeightsAndVerified()
    {
        await using var cdn = await FakeApi.StartAsync(Cdn);
        await using var hub = await FakeApi.StartAsync(context => Hub(context, cdn, "onnx-community/net.tag_in1k", "onnx/model.onnx", Sha256));

        var answer = await Source(hub).TryFetchAsync("net.tag_in1k", null, CancellationToken.None);

        answer.Reason.ShouldBeNull();
        answer.Artifact!.FileName.ShouldBe("net.tag_in1k.onnx");
        answer.Artifact.Sha256.ShouldBe(Sha256);
        answer.Artifact.RandomWeights.ShouldBeFalse();
        answer.Artifact.Source!.ShouldContain("onnx-community/net.tag_in1k@0123abcd");
        // The token goes to the Hub and not to the host that it redirects to.
        _requests.ShouldContain("hub Bearer hub-token-of-a-test /onnx-community/net.tag_in1k/resolve/0123abcd/onnx/model.onnx");
        _requests.Where(r => r.StartsWith("cdn", StringComparison.Ordinal)).ShouldAllBe(r => !r.Contains("Bearer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_NoExport_TakesTimmsWeights()
    {
        await using var cdn = await FakeApi.StartAsync(Cdn);
        await using var hub = await FakeApi.StartAsync(context => Hub(context, cdn, "timm/net.tag_in1k", "model.safetensors", Sha256));
        var answer = await Source(hub).TryFetchAsync("net.tag_in1k", null, CancellationToken.None);
        answer.Artifact!.FileName.ShouldBe("net.tag_in1k.safetensors");
    }

    [Fact]
    public async Task Fetch_BareArchitecture_FindsItsTag()
    {
        await using var cdn = await FakeApi.StartAsync(Cdn);
        await using var hub = await FakeApi.StartAsync(context => Hub(context, cdn, "timm/unheardof_net.tag_in1k", "model.safetensors", Sha256));
        var answer = await Source(hub).TryFetchAsync("unheardof_net", null, CancellationToken.None);
        answer.Artifact!.FileName.ShouldBe("unheardof_net.safetensors");
    }

    [Fact]
    public async Task Fetch_ConnectionBreaks_ResumesWhereItWas()
    {
        var broken = false;
        await using var cdn = await FakeApi.StartAsync(async context =>
        {
            if (broken)
            {
                await Cdn(context);
                return;
            }

            broken = true;
            context.Response.ContentLength = Weights.Length;
            await context.Response.Body.WriteAsync(Weights.AsMemory(0, 200_000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(200);
            context.Abort();
        });
        await using var hub = await FakeApi.StartAsync(context => Hub(context, cdn, "timm/net.tag_in1k", "model.safetensors", Sha256));

        var answer = await Source(hub).TryFetchAsync("net.tag_in1k", null, CancellationToken.None);

        answer.Reason.ShouldBeNull();
        answer.Artifact!.Sha256.ShouldBe(Sha256);
        _requests.ShouldContain(r => r.StartsWith("cdn bytes=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_WrongHash_LeavesTheStoreEmpty()
    {
        await using var cdn = await FakeApi.StartAsync(Cdn);
        await using var hub = await FakeApi.StartAsync(context => Hub(context, cdn, "timm/net.tag_in1k", "model.safetensors", new string('0', 64)));
        await Should.ThrowAsync<ModelStoreException>(() => Source(hub).TryFetchAsync("net.tag_in1k", null, CancellationToken.None));
        Directory.GetFiles(_store.Directory).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(401, "RepoNotFound", "has no model")]
    [InlineData(404, "RepoNotFound", "has no model")]
    [InlineData(403, "GatedRepo", "terms")]
    [InlineData(401, null, "token")]
    [InlineData(429, null, "limits requests")]
    [InlineData(503, null, "503")]
    public async Task Fetch_Refused_SaysWhy(int status, string? code, string named)
    {
        await using var hub = await FakeApi.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            if (code is not null)
                context.Response.Headers["X-Error-Code"] = code;
            return Task.CompletedTask;
        });
        var answer = await Source(hub).TryFetchAsync("net.tag_in1k", null, CancellationToken.None);
        answer.Artifact.ShouldBeNull();
        answer.Reason!.ShouldContain(named);
    }

    public void Dispose() => _directory.Dispose();

    private HuggingFaceSource Source(FakeApi hub)
    {
        var options = Options.Create(new ManagerOptions { Hub = new HubOptions { Endpoint = hub.Address, Token = "hub-token-of-a-test" } });
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        return new HuggingFaceSource(new HuggingFaceHub(http, options), _store, options, TimeProvider.System, NullLogger<HuggingFaceSource>.Instance);
    }

    private async Task Hub(HttpContext context, FakeApi cdn, string repository, string file, string sha256)
    {
        var path = context.Request.Path.Value!;
        lock (_requests)
            _requests.Add($"hub {context.Request.Headers.Authorization} {path}");
        if (path == "/api/models")
        {
            await FakeApi.JsonAsync(context, new JsonArray(new JsonObject { ["id"] = repository }));
        }
        else if (path == $"/api/models/{repository}")
        {
            var lfs = new JsonObject { ["rfilename"] = file, ["size"] = Weights.Length, ["lfs"] = new JsonObject { ["sha256"] = sha256 } };
            await FakeApi.JsonAsync(context, new JsonObject { ["id"] = repository, ["sha"] = "0123abcd", ["siblings"] = new JsonArray(lfs) });
        }
        else if (path == $"/{repository}/resolve/0123abcd/{file}")
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = $"{cdn.Address}/blob";
            context.Response.Headers["X-Linked-Etag"] = $"\"{sha256}\"";
            context.Response.Headers["X-Linked-Size"] = Weights.Length.ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            context.Response.StatusCode = 401;
            context.Response.Headers["X-Error-Code"] = "RepoNotFound";
        }
    }

    private async Task Cdn(HttpContext context)
    {
        lock (_requests)
            _requests.Add($"cdn {context.Request.Headers.Range} {context.Request.Headers.Authorization}");
        context.Response.Headers.ETag = "\"not-the-hash\"";
        await Results.Bytes(Weights, "application/octet-stream", enableRangeProcessing: true).ExecuteAsync(context);
    }
}
