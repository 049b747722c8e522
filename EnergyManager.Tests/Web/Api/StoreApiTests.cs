using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Cli;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Api;

public sealed class StoreApiTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Get_VersionByHash_IsServedAfterTheNameMovedOn()
    {
        var old = await UploadAsync("moved.bin", [1, 2, 3, 4, 5]);
        var now = await UploadAsync("moved.bin", [9, 9]);

        using var newest = await server.Http.GetAsync(Address("/models/moved.bin"));
        (await newest.Content.ReadAsByteArrayAsync()).ShouldBe([9, 9]);
        newest.Headers.ETag!.Tag.ShouldBe($"\"{now}\"");
        using var whole = await server.Http.GetAsync(Address($"/models/moved.bin?sha256={old}"));
        (await whole.Content.ReadAsByteArrayAsync()).ShouldBe([1, 2, 3, 4, 5]);
        whole.Headers.ETag!.Tag.ShouldBe($"\"{old}\"");

        using var resume = new HttpRequestMessage(HttpMethod.Get, $"/models/moved.bin?sha256={old}")
        {
            Headers = { Range = new RangeHeaderValue(2, null), IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{old}\"")) },
        };
        using var rest = await server.Http.SendAsync(resume);
        rest.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await rest.Content.ReadAsByteArrayAsync()).ShouldBe([3, 4, 5]);
    }

    [Theory]
    [InlineData("/models/x.bin?sha256=", HttpStatusCode.NotFound, "file")]
    [InlineData("/models/x.bin?sha256=12", HttpStatusCode.BadRequest, "sha256")]
    [InlineData("/models/x.bin?sha256=../../../../../../../../../../../../../../../../../../../etc/passwd", HttpStatusCode.BadRequest, "sha256")]
    [InlineData("/models/x.bin?sha256=0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound, "sha256")]
    [InlineData("/models/.objects?sha256=0000000000000000000000000000000000000000000000000000000000000000", HttpStatusCode.NotFound, "file")]
    [InlineData("/api/models/absent", HttpStatusCode.NotFound, "name")]
    public async Task Get_WhatIsNotThere_NamesTheField(string address, HttpStatusCode status, string field)
    {
        using var answer = await server.Http.GetAsync(Address(address));

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadAsStringAsync()).ShouldContain($"\"errors\":{{\"{field}\"");
    }

    [Fact]
    public async Task GetModel_VersionsOfAModel_SayWhatIsKnown()
    {
        await UploadAsync("known.safetensors", [50, 0, 0, 0, 0, 0, 0, 0, .. """{"w":{"dtype":"F16","shape":[10,4],"data_offsets":[0,80]}}"""u8[..50], .. new byte[100]]);
        await UploadAsync("known.safetensors", [58, 0, 0, 0, 0, 0, 0, 0, .. """{"w":{"dtype":"F16","shape":[10,4],"data_offsets":[0,80]}}"""u8, .. new byte[80]]);

        var file = (await server.GetAsync("/api/models/known")).GetProperty("files")[0];

        file.GetProperty("file_name").GetString().ShouldBe("known.safetensors");
        file.GetProperty("executable").GetBoolean().ShouldBeFalse();
        file.GetProperty("not_executable_because").GetString().ShouldNotBeNull().ShouldContain("ONNX");
        var versions = file.GetProperty("versions");
        versions.GetArrayLength().ShouldBe(2);
        versions[0].GetProperty("version").GetInt32().ShouldBe(2);
        versions[0].GetProperty("newest").GetBoolean().ShouldBeTrue();
        versions[0].GetProperty("params_m").GetDouble().ShouldBe(40e-6);
        versions[0].GetProperty("precision").GetString().ShouldBe("fp16");
        versions[0].GetProperty("gmacs").ValueKind.ShouldBe(JsonValueKind.Null);
        versions[0].GetProperty("source").GetString().ShouldBe("uploaded");
        versions[1].GetProperty("params_m").ValueKind.ShouldBe(JsonValueKind.Null);
        using var bytes = await server.Http.GetAsync(Address(versions[1].GetProperty("url").GetString()!));
        (await bytes.Content.ReadAsByteArrayAsync()).Length.ShouldBe(158);
    }

    public static TheoryData<string> Needs => new() { "desired", "running", "may go back", "under way", "under way without artifact" };

    /// <summary>Deployments in the real database keep what they need from the collection and from removal.</summary>
    [Theory]
    [MemberData(nameof(Needs))]
    public async Task OldVersion_ThatADeviceNeeds_IsNeitherCollectedNorRemoved(string need)
    {
        var name = need.Replace(' ', '-');
        await UploadAsync($"{name}.bin", [1, .. Encoding.UTF8.GetBytes(need)]);
        await UploadAsync($"{name}.bin", [2, .. Encoding.UTF8.GetBytes(need)]);
        await UploadAsync($"{name}.bin", [3, .. Encoding.UTF8.GetBytes(need)]);
        var store = server.Services.GetRequiredService<IModelStore>();
        var old = (await store.FindAsync($"{name}@1", default)).ShouldNotBeNull();
        Arrange(need, old);

        var needs = server.Services.GetRequiredService<IArtifactNeeds>();
        var report = await store.CollectAsync(new RetentionPolicy { KeepVersions = 1, MinimumAge = TimeSpan.Zero }, needs, dryRun: false, default);
        using var refused = await server.Http.DeleteAsync(Address($"/api/models/{name}"));

        report.Removed.ShouldContain(version => version.FileName == $"{name}.bin" && version.Version == 2);
        report.Kept.ShouldContain(version => version.Sha256 == old.Sha256);
        using var bytes = await server.Http.GetAsync(Address($"/models/{name}.bin?sha256={old.Sha256}"));
        bytes.StatusCode.ShouldBe(HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("is needed");
    }

    [Fact]
    public async Task DeleteModel_NothingNeedsIt_IsGone()
    {
        await UploadAsync("useless.bin", [7, 7, 7]);

        using var answer = await server.Http.DeleteAsync(Address("/api/models/useless"));
        using var again = await server.Http.DeleteAsync(Address("/api/models/useless"));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Http.GetAsync(Address("/models/useless.bin"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task CommandLine_OnTheStoreOfARunningServer_ListsCollectsAndRefuses()
    {
        await UploadAsync("cli.bin", [1, 0, 0]);
        await UploadAsync("cli.bin", [2, 0, 0]);
        var old = (await server.Services.GetRequiredService<IModelStore>().FindAsync("cli@1", default)).ShouldNotBeNull();
        Arrange("may go back", old);

        var versions = JsonDocument.Parse((await RunAsync("models", "versions", "cli", "--json")).Output).RootElement.GetProperty("files")[0].GetProperty("versions");
        var plan = await RunAsync("models", "gc", "--dry-run", "--keep", "1", "--min-age-days", "0", "--json");
        var removal = await RunAsync("models", "remove", "cli");
        var wrong = await RunAsync("models", "gc", "--keep", "0");

        versions.EnumerateArray().Select(version => version.GetProperty("version").GetInt32()).ShouldBe([2, 1]);
        versions[1].GetProperty("needed_because").GetString().ShouldNotBeNull().ShouldContain("may go back");
        JsonDocument.Parse(plan.Output).RootElement.GetProperty("kept").EnumerateArray()
            .ShouldContain(version => version.GetProperty("sha256").GetString() == old.Sha256);
        (removal.Code, wrong.Code).ShouldBe((1, 1));
        removal.Error.ShouldContain("may go back to it");
        wrong.Error.ShouldContain("--keep");
        (await server.Http.GetAsync(Address("/models/cli.bin"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        using var console = new CliConsole(TextReader.Null, output, error, isInputRedirected: true);
        var code = await CommandLine.RunAsync(
            [.. arguments, $"--EnergyManager:DataDirectory={server.DataDirectory}", $"--EnergyManager:ModelStore={server.ModelStore}"], console, CancellationToken.None);
        return (code, output.ToString(), error.ToString());
    }

    private void Arrange(string need, ModelArtifact artifact)
    {
        var devices = server.Services.GetRequiredService<SqliteDeviceStore>();
        var deployments = server.Services.GetRequiredService<SqliteDeploymentStore>();
        var (device, deployment) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
        var now = TimeProvider.System.GetUtcNow();
        devices.Save(new DeviceRecord { DeviceId = device, Name = "board", DeviceType = "raspberry-pi-5", RunningDeploymentId = need == "running" ? deployment : null }, now);
        deployments.Add(
            new DeploymentRecord
            {
                DeploymentId = deployment,
                DeviceId = device,
                Model = need == "under way without artifact" ? $"{artifact.Model}@1" : artifact.Model,
                State = DeploymentState.Requested,
                RequestedBy = "test",
                RequestedAt = now,
                ChangedAt = now,
            },
            "requested",
            cap: 1000);
        if (need == "under way without artifact")
            return;
        deployments.Offer(deployment, artifact, Desired(deployment, artifact), now).ShouldNotBeNull();
        if (need != "desired")
            devices.SetDesired(device, null);
        if (need is "under way")
            return;
        // Only the part that is looked at is left: a deployment that failed needs nothing by itself.
        foreach (var state in need == "may go back"
            ? [DeploymentState.Downloading, DeploymentState.Verifying, DeploymentState.Loading, DeploymentState.WarmingUp, DeploymentState.Checking, DeploymentState.Running]
            : new[] { DeploymentState.Failed })
            deployments.Change(deployment, record => record with { State = state, ChangedAt = now }).ShouldNotBeNull();
    }

    private static DesiredModel Desired(string deployment, ModelArtifact artifact) => new()
    {
        DeploymentId = deployment,
        Model = artifact.Model,
        FileName = artifact.FileName,
        Sha256 = artifact.Sha256,
        SizeBytes = artifact.SizeBytes,
        Path = $"/models/{artifact.FileName}?sha256={artifact.Sha256}",
    };

    private async Task<string> UploadAsync(string name, byte[] content)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", name } };
        using var answer = await server.Http.PostAsync(Address("/api/models/upload"), form);
        var body = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, body);
        using var json = JsonDocument.Parse(body);
        return json.RootElement.GetProperty("sha256").GetString()!;
    }

    private static Uri Address(string path) => new(path, UriKind.Relative);
}
