using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Devices;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Core.Benchmarks.Audit;

public sealed class RelativeSpeedTests(ITestOutputHelper output)
{
    private const double LeastRight = 0.98;
    private const int LeastSettled = 120;

    // Rows whose batch was settled without comparing speeds: names, a stated count that fits, the same network elsewhere, the layout.
    private static readonly TimedNetwork[] Known =
    [
        .. BenchmarkCatalog.Load(DeviceTypes.JetsonNano).Rows
            .Where(r => r.Campaign.StartsWith("passes-300", StringComparison.Ordinal) || r.Findings.Contains("permuted-columns", StringComparison.Ordinal)
                || !r.Findings.Contains("hidden-batch", StringComparison.Ordinal))
            .Select(TimedNetwork.Of).OfType<TimedNetwork>(),
    ];

    [Fact]
    public void PossibleBatches_RowsOfKnownBatchWithTheirNetworkLeftOut_AreHardlyEverWrong()
    {
        var settled = Known
            .Select(n => (Network: n, Possible: new RelativeSpeed([.. Known.Where(k => k.Architecture != n.Architecture)]).PossibleBatches(n)))
            .Where(n => n.Possible.Count == 1).ToList();
        var wrong = settled.Where(s => s.Possible[0] != s.Network.Batch).ToList();

        output.WriteLine($"{Known.Length} networks, {settled.Count} settled, wrong: {string.Join(", ", wrong.Select(w => w.Network.Architecture))}; factor {Known.Min(k => k.Slowness):0} to {Known.Max(k => k.Slowness):0}.");
        settled.Count.ShouldBeGreaterThanOrEqualTo(LeastSettled);
        ((double)wrong.Count / settled.Count).ShouldBeLessThanOrEqualTo(1 - LeastRight);
    }

    [Fact]
    public void PossibleBatches_FewNetworksToCompareWith_SettleNothing() =>
        new RelativeSpeed(Known[1..10]).PossibleBatches(Known[0]).ShouldBe(RelativeSpeed.Batches);

    [Theory]
    [InlineData(0.25, new[] { 1 })] // 250 times the published time: like the others at batch 1, faster than any at 4
    [InlineData(1.0, new[] { 4 })] // 1000 times: with this much work no pass of one input is that slow
    [InlineData(20.0, new int[0])]
    public void PossibleBatches_NetworkWithMuchWork_IsToldByItsTime(double secondsPerPass, int[] expected) =>
        new RelativeSpeed(Known).PossibleBatches(new TimedNetwork("new", "new", 1, secondsPerPass, 1)).ShouldBe(expected);

    [Fact]
    public void PossibleBatches_ShortPass_MayBeOneWaitingInputOrFour() =>
        new RelativeSpeed(Known).PossibleBatches(new TimedNetwork("new", "new", 0.03, 0.025, 1)).ShouldBe([1, 4]);
}
