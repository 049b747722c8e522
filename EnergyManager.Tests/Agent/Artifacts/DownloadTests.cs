using System.Globalization;
using System.Net;
using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Core.Contracts;
using EnergyManager.Tests.Support;
using Microsoft.AspNetCore.Http;
using static EnergyManager.Core.Deployment.DeploymentState;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>Downloads over a bad network: resumed, never begun again without need, never loaded unchecked.</summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private ArtifactServer _server = null!;

    public async Task InitializeAsync() => _server = await ArtifactServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Download_BrokenOff_GoesOnWhereItEnded()
    {
        _server.Script = (number, context) => number == 1 ? Answers.BreakOffAsync(context, Device.Content("ok"), 120_000) : Task.FromResult(false);
        await using var device = await Device.StartAsync(_server);

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(2);
        _server.Requests[1].ShouldStartWith("bytes=");
    }

    [Fact]
    public async Task Download_ServerIsDownForAWhile_WaitsForIt()
    {
        _server.Script = (number, context) => number <= 4 ? Answers.StatusAsync(context, StatusCodes.Status503ServiceUnavailable) : Task.FromResult(false);
        await using var device = await Device.StartAsync(_server);

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(5);
    }

    [Theory]
    [InlineData(StatusCodes.Status503ServiceUnavailable, "1")]
    [InlineData(StatusCodes.Status429TooManyRequests, "1")]
    [InlineData(StatusCodes.Status429TooManyRequests, "date")]
    public async Task Download_ServerSaysWhenToAskAgain_WaitsSoLong(int status, string retryAfter)
    {
        var asked = new List<long>();
        _server.Script = (number, context) =>
        {
            asked.Add(TimeProvider.System.GetTimestamp());
            if (number > 1)
                return Task.FromResult(false);
            context.Response.Headers.RetryAfter = retryAfter == "date" ? TimeProvider.System.GetUtcNow().AddSeconds(2).ToString("R", CultureInfo.InvariantCulture) : retryAfter;
            return Answers.StatusAsync(context, status);
        };
        await using var device = await Device.StartAsync(_server);

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);

        asked.Count.ShouldBe(2);
        TimeProvider.System.GetElapsedTime(asked[0], asked[1]).ShouldBeInRange(TimeSpan.FromSeconds(0.9), Eventually.Patience);
    }

    [Fact]
    public async Task Download_ServerAsksForTooLongAWait_WaitsTheLongestThatIsAllowed()
    {
        _server.Script = (number, context) =>
        {
            context.Response.Headers.RetryAfter = "86400";
            return number > 1 ? Task.FromResult(false) : Answers.StatusAsync(context, StatusCodes.Status503ServiceUnavailable);
        };
        await using var device = await Device.StartAsync(_server, options => options.Artifacts.MaximumRetryAfter = TimeSpan.FromMilliseconds(50));

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);
    }

    [Fact]
    public async Task Download_InterruptedFiftyTimesAtRandom_ArrivesIntactForLittleMoreThanItsSize()
    {
        const int size = 10_000_000;
        const int interruptions = 50;
        var (random, broken) = (new Random(5), 0);
        await using var proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, new Uri(_server.Address).Port));
        proxy.Apply(new LinkConditions
        {
            BytesPerSecond = 10_000_000,
            ResetAfterBytes = () => Interlocked.Increment(ref broken) <= interruptions ? random.Next(300, 2 * size / (interruptions + 2)) : null,
        });
        await using var device = await Device.StartAsync(_server, options => options.Server = proxy.Address.ToString());
        var content = Device.Content("ok", size);
        random.NextBytes(content.AsSpan(10));
        content.AsSpan(2, 8).Fill((byte)' ');

        (await device.DeployAsync(_server.Add("m.onnx", content, "d1"))).State.ShouldBe(Running);

        _server.Requests.Count.ShouldBe(interruptions + 1);
        proxy.BytesToClients.ShouldBeLessThan((long)(1.2 * size), $"of {size} bytes");
        device.Reports.Count(r => r.State == Verifying).ShouldBe(1);
    }

    [Fact]
    public async Task Download_ServerGoesSilent_IsResumedAfterTheStallTimeout()
    {
        _server.Script = async (number, context) =>
        {
            if (number > 1)
                return false;
            context.Response.ContentLength = 200_000;
            await context.Response.Body.WriteAsync(Device.Content("ok").AsMemory(0, 50_000));
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        };
        await using var device = await Device.StartAsync(_server, options => options.Artifacts.StallTimeout = TimeSpan.FromSeconds(2));

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok"), "d1"))).State.ShouldBe(Running);

        _server.Requests.ShouldBe(["-", "bytes=50000-"]);
    }

    [Fact]
    public async Task Download_ServerIgnoresRange_StartsOver()
    {
        using var directory = new TemporaryDirectory();
        var content = Device.Content("ok");
        var model = _server.Add("m.onnx", content, "d1");
        PutPart(directory, model, Device.Content("xx")[..70_000]);
        _server.Script = async (_, context) =>
        {
            await Results.File(content, "application/octet-stream").ExecuteAsync(context);
            return true;
        };
        await using var device = await Device.StartAsync(_server, directory: directory);

        (await device.DeployAsync(model)).State.ShouldBe(Running);

        _server.Requests.ShouldBe(["bytes=70000-"]);
    }

    [Fact]
    public async Task Download_DeviceWasKilledInTheMiddle_ResumesFromThePartFile()
    {
        using var directory = new TemporaryDirectory();
        var content = Device.Content("ok");
        var model = _server.Add("m.onnx", content, "d1");
        PutPart(directory, model, content[..150_000]);
        await using var device = await Device.StartAsync(_server, directory: directory);

        (await device.DeployAsync(model)).State.ShouldBe(Running);

        _server.Requests.ShouldBe(["bytes=150000-"]);
    }

    [Fact]
    public async Task Download_PartFileIsDamaged_IsFetchedOnceMoreFromZero()
    {
        using var directory = new TemporaryDirectory();
        var model = _server.Add("m.onnx", Device.Content("ok"), "d1");
        PutPart(directory, model, Device.Content("xx")[..150_000]);
        await using var device = await Device.StartAsync(_server, directory: directory);

        (await device.DeployAsync(model)).State.ShouldBe(Running);

        _server.Requests.ShouldBe(["bytes=150000-", "-"]);
        DeploymentOrder.Check(device.Reports.Select(r => r.State));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Download_ConnectionResetAtRandomBytes_GoesOnAndFetchesNothingTwice(int seed)
    {
        const int size = 4_000_000;
        var random = new Random(seed);
        await using var proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, new Uri(_server.Address).Port));
        proxy.Apply(new LinkConditions { BytesPerSecond = 20_000_000, ResetAfterBytes = () => random.Next(50_000, size / 3) });
        await using var device = await Device.StartAsync(_server, options => options.Server = proxy.Address.ToString());

        (await device.DeployAsync(_server.Add("m.onnx", Device.Content("ok", size), "d1"))).State.ShouldBe(Running);

        _server.Requests[0].ShouldBe("-");
        var offsets = _server.Requests.Skip(1).Select(range => long.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture)).ToList();
        offsets.Count.ShouldBeGreaterThanOrEqualTo(3);
        offsets.SequenceEqual(offsets.Distinct().Order()).ShouldBeTrue("every request goes on further than the one before");
        // Headers, and what was on its way when the connection broke.
        proxy.BytesToClients.ShouldBeLessThan(size + (_server.Requests.Count * 150_000L));
    }

    [Fact]
    public async Task Download_ServerIsGoneInTheMiddle_GoesOnWhenItIsBack()
    {
        const int size = 2_000_000;
        await using var proxy = new FaultProxy(new IPEndPoint(IPAddress.Loopback, new Uri(_server.Address).Port));
        proxy.Apply(new LinkConditions { BytesPerSecond = 500_000 });
        await using var device = await Device.StartAsync(_server, options => options.Server = proxy.Address.ToString());
        var model = _server.Add("m.onnx", Device.Content("ok", size), "d1");
        device.Inbox.Put(new DesiredState { Revision = 1, Model = model });
        await Eventually.ShouldAsync(() => proxy.BytesToClients > size / 4);

        proxy.Apply(new LinkConditions { Fault = LinkFault.Cut });
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        device.Files.ShouldBe([model.Sha256 + ".onnx.part"]);
        proxy.Apply(LinkConditions.Good);

        (await device.SettledAsync("d1")).State.ShouldBe(Running);
        _server.Requests.Count.ShouldBe(2);
        long.Parse(_server.Requests[1]["bytes=".Length..^1], CultureInfo.InvariantCulture).ShouldBeGreaterThan(size / 5);
    }

    private static void PutPart(TemporaryDirectory directory, DesiredModel model, byte[] content)
    {
        Directory.CreateDirectory(directory["artifacts"]);
        File.WriteAllBytes(Path.Combine(directory["artifacts"], model.Sha256 + ".onnx.part"), content);
    }
}
