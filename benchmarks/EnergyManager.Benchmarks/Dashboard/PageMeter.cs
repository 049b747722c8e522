using System.Text.Json;
using Microsoft.Playwright;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>What one page of the browser costs, by its own counters (Chrome DevTools Protocol, domains Performance, HeapProfiler and Network).</summary>
internal sealed class PageMeter
{
    private readonly ICDPSession _session;
    private long _bytes;
    private long _frames;

    private PageMeter(ICDPSession session) => _session = session;

    public static async Task<PageMeter> AttachAsync(IPage page)
    {
        var meter = new PageMeter(await page.Context.NewCDPSessionAsync(page));
        meter._session.Event("Network.webSocketFrameReceived").OnEvent += (_, frame) => meter.Count(frame);
        await meter._session.SendAsync("Network.enable");
        // Processor time of the main thread: on a machine that does other things too, the clock on the wall tells of those.
        await meter._session.SendAsync("Performance.enable", new Dictionary<string, object> { ["timeDomain"] = "threadTicks" });
        return meter;
    }

    /// <summary>Work and bytes a second over a time.</summary>
    public async Task<PageWork> MeasureAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        var (before, bytes, frames) = (await ReadAsync(), Interlocked.Read(ref _bytes), Interlocked.Read(ref _frames));
        await Task.Delay(duration, cancellationToken);
        var after = await ReadAsync();
        var seconds = after["Timestamp"] - before["Timestamp"];
        double MsPerSecond(string name) => (after[name] - before[name]) * 1000 / seconds;
        return new PageWork(
            MsPerSecond("TaskDuration"), MsPerSecond("ScriptDuration"), MsPerSecond("LayoutDuration") + MsPerSecond("RecalcStyleDuration"),
            (Interlocked.Read(ref _bytes) - bytes) / seconds, (Interlocked.Read(ref _frames) - frames) / seconds);
    }

    /// <summary>Memory after a garbage collection.</summary>
    public async Task<PageMemory> CollectAsync()
    {
        await _session.SendAsync("HeapProfiler.collectGarbage");
        var metrics = await ReadAsync();
        return new PageMemory(metrics["JSHeapUsedSize"], metrics["Nodes"], metrics["JSEventListeners"]);
    }

    /// <summary>Writes what the page's heap holds to a file, as the developer tools read it.</summary>
    public async Task SnapshotAsync(string path)
    {
        await using var file = new StreamWriter(path);
        void Write(object? sender, JsonElement? chunk) => file.Write(chunk?.GetProperty("chunk").GetString());
        var chunks = _session.Event("HeapProfiler.addHeapSnapshotChunk");
        chunks.OnEvent += Write;
        await _session.SendAsync("HeapProfiler.takeHeapSnapshot", new Dictionary<string, object> { ["reportProgress"] = false });
        chunks.OnEvent -= Write;
    }

    // {"metrics":[{"name":"Timestamp","value":4242.1},{"name":"TaskDuration","value":1.5},...]}: times in seconds.
    private async Task<Dictionary<string, double>> ReadAsync()
    {
        var answer = await _session.SendAsync("Performance.getMetrics")
            ?? throw new InvalidOperationException("The browser gave no metrics.");
        return answer.GetProperty("metrics").EnumerateArray().ToDictionary(m => m.GetProperty("name").GetString()!, m => m.GetProperty("value").GetDouble());
    }

    // {"requestId":"1","timestamp":1.0,"response":{"opcode":2,"mask":false,"payloadData":"<base64>"}}: opcode 2 is binary.
    private void Count(JsonElement? frame)
    {
        if (frame is not { } received)
            return;
        var response = received.GetProperty("response");
        var payload = response.GetProperty("payloadData").GetString() ?? "";
        Interlocked.Add(ref _bytes, response.GetProperty("opcode").GetDouble() == 2 ? payload.Length * 3L / 4 : payload.Length);
        Interlocked.Increment(ref _frames);
    }
}

/// <summary>What a page does in a second.</summary>
/// <param name="TaskMs">All work of the main thread in ms.</param>
/// <param name="ScriptMs">Of that, script.</param>
/// <param name="LayoutMs">Of that, styles and layout.</param>
/// <param name="Bytes">Received over the circuit, after decompression.</param>
/// <param name="Frames">Messages of the circuit.</param>
internal sealed record PageWork(double TaskMs, double ScriptMs, double LayoutMs, double Bytes, double Frames);

/// <summary>What a page holds.</summary>
/// <param name="HeapBytes">JavaScript heap in use.</param>
/// <param name="Nodes">Nodes of documents.</param>
/// <param name="Listeners">Event listeners.</param>
internal sealed record PageMemory(double HeapBytes, double Nodes, double Listeners);

/// <summary>One reading of what is held.</summary>
/// <param name="Hours">Since the first one.</param>
/// <param name="Pages">Each open page by its name.</param>
/// <param name="ServerResident">Resident memory of the server in bytes, garbage and all.</param>
/// <param name="ServerHeap">What the server holds on to after a collection, in bytes.</param>
internal sealed record MemoryPoint(double Hours, IReadOnlyDictionary<string, PageMemory> Pages, long ServerResident, long ServerHeap);
