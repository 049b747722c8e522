using System.Diagnostics.Tracing;
using Microsoft.Diagnostics.NETCore.Client;
using Microsoft.Diagnostics.Tracing;
using Microsoft.Diagnostics.Tracing.Parsers;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>
/// What another .NET process holds on to. Its resident memory has garbage in it that nobody has collected yet; to tell whether it grows,
/// it is made to collect, and says itself what is left.
/// </summary>
internal static class ManagedHeap
{
    private const int Whole = 2;

    /// <summary>Bytes in use in all generations after a full, blocking collection, as the runtime's event <c>GCHeapStats</c> gives them.</summary>
    /// <param name="processId">The process; it must belong to the same user.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">It did not collect within a minute.</exception>
    public static async Task<long> CollectAsync(int processId, CancellationToken cancellationToken)
    {
        var client = new DiagnosticsClient(processId);
        // A session with this keyword makes the runtime collect as it begins.
        var keywords = (long)(ClrTraceEventParser.Keywords.GC | ClrTraceEventParser.Keywords.GCHeapCollect);
        using var session = await client.StartEventPipeSessionAsync(
            [new EventPipeProvider(ClrTraceEventParser.ProviderName, EventLevel.Informational, keywords)], requestRundown: false, token: cancellationToken);
        using var source = new EventPipeEventSource(session.EventStream);
        var left = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var whole = false;
        source.Clr.GCStart += start => whole = start.Depth == Whole;
        source.Clr.GCHeapStats += stats =>
        {
            // Collections of the young come in between.
            if (whole)
                left.TrySetResult(stats.TotalHeapSize);
        };
        var reading = Task.Run(source.Process, CancellationToken.None);
        try
        {
            return await left.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException($"The process {processId} did not collect its garbage within a minute.", e);
        }
        finally
        {
            // The stream ends when the session has; until then it is read, or the other process would wait.
            await session.StopAsync(CancellationToken.None);
            await reading;
        }
    }
}
