using System.Collections.Concurrent;
using System.Globalization;

namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>
/// Runs cells, several at a time. What stops or kills the server goes one after the other on a server of its own, and the
/// measured budgets on one that runs models back to back, as an energy per inference needs it.
/// </summary>
internal sealed class FaultMatrix(ChaosOptions options, TextWriter output)
{
    private static readonly Dictionary<string, string> Usual = new() { ["EnergyManager__Deployment__RatePerSecond"] = "10" };

    private static readonly Dictionary<string, string> BackToBack = new()
    {
        ["EnergyManager__Deployment__RatePerSecond"] = "0",
        // The budget is what is tried, not the distance from the prediction.
        ["EnergyManager__Deployment__MaximumEnergyFactor"] = "100000",
    };

    private int _ended;

    public async Task<IReadOnlyList<CellResult>> RunAsync(IReadOnlyList<FaultCase> cases, CancellationToken cancellationToken)
    {
        var cells = cases.Where(c => c.End is not null).ToList();
        var results = new ConcurrentBag<CellResult>();
        var lanes = cells.GroupBy(LaneOf).ToDictionary(g => g.Key, g => g.ToList());
        using var places = new SemaphoreSlim(options.Parallel);

        // One server after the other: each trains its predictor first.
        using var starting = new SemaphoreSlim(1);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        async Task Lane(int lane, IReadOnlyDictionary<string, string> settings, int atOnce)
        {
            if (!lanes.TryGetValue(lane, out var all))
                return;
            await using var server = await StartAsync(settings);
            var fetched = await WithoutArtifactAsync(server, failed.Token);
            using var turn = new SemaphoreSlim(atOnce);
            await Task.WhenAll(all.Select(async (cell, i) =>
            {
                await turn.WaitAsync(failed.Token);
                await places.WaitAsync(failed.Token);
                try
                {
                    var result = await new FaultCell(options, server, cell, fetched[i]).RunAsync(failed.Token);
                    results.Add(result);
                    await TellAsync(result, cells.Count);
                }
                finally
                {
                    places.Release();
                    turn.Release();
                }
            }));
        }

        async Task<FaultServer> StartAsync(IReadOnlyDictionary<string, string> settings)
        {
            await starting.WaitAsync(failed.Token);
            try
            {
                return await FaultServer.StartAsync(options, settings, failed.Token);
            }
            catch
            {
                // The others end too: what is missing would only be seen at the end.
                await failed.CancelAsync();
                throw;
            }
            finally
            {
                starting.Release();
            }
        }

        await Task.WhenAll(Lane(0, Usual, options.Parallel), Lane(1, Usual, 1), Lane(2, BackToBack, 1));
        return [.. cells.Select(cell => results.Single(r => r.Case == cell))];
    }

    private static int LaneOf(FaultCase cell) => cell.Fault == DeploymentFault.OverBudget ? 2 : cell.State == "requested" || cell.Fault == DeploymentFault.ServerKilled ? 1 : 0;

    /// <summary>Models that the server knows and has no file of, one for each cell.</summary>
    private static async Task<IReadOnlyList<string>> WithoutArtifactAsync(FaultServer server, CancellationToken cancellationToken) =>
        [.. (await server.GetAsync("/api/models/all?device_type=raspberry-pi-5", cancellationToken))["models"]!.AsArray()
            .Where(model => (bool?)model!["available"] == false).Select(model => (string)model!["model"]!)];

    private async Task TellAsync(CellResult result, int all) => await output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"{Interlocked.Increment(ref _ended)}/{all} {result.Case}: {result.End} after {result.Seconds:0.0} s, infers with {result.Infers ?? "nothing"}: {result.Sentence}{(result.Violation is { } wrong ? $"{Environment.NewLine}  VIOLATION: {wrong}" : "")}"));
}
