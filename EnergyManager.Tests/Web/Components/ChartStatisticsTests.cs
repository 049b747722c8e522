using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Units;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Monitoring;
using EnergyManager.Web.Components.Validation;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Components;

/// <summary>The arithmetic behind histograms, boxes, heatmaps, validation plots and key figures.</summary>
public sealed class ChartStatisticsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Histogram_OfValues_CountsEveryFiniteOneOnceInRoundBins()
    {
        var values = Enumerable.Range(0, 1000).Select(i => Math.Sin(i) * 37).Append(double.NaN).Append(double.PositiveInfinity).ToList();

        var bins = Histogram.Of(values);

        bins.Sum(bin => bin.Count).ShouldBe(1000);
        bins.Count.ShouldBeInRange(4, Histogram.MaximumBins);
        bins.Zip(bins.Skip(1)).ShouldAllBe(pair => Math.Abs(pair.First.High - pair.Second.Low) < 1e-9);
        (bins[0].High - bins[0].Low).ShouldBe(20, 1e-9);
    }

    [Fact]
    public void Histogram_OfOneValueManyTimes_IsOneBinAroundIt()
    {
        var bin = Histogram.Of([42, 42, 42]).ShouldHaveSingleItem();

        bin.Count.ShouldBe(3);
        bin.Low.ShouldBeLessThanOrEqualTo(42);
        bin.High.ShouldBeGreaterThan(42);
    }

    [Fact]
    public void Histogram_WithAFarOutlier_StaysWithinItsBins() =>
        Histogram.Of([.. Enumerable.Range(0, 500).Select(i => i / 500.0), 1e6]).Count.ShouldBeLessThanOrEqualTo(Histogram.MaximumBins);

    [Fact]
    public void Histogram_OfNothing_HasNoBins() => Histogram.Of([double.NaN]).ShouldBeEmpty();

    [Fact]
    public void Quartiles_OfValues_InterpolateBetweenOrderStatistics()
    {
        // Type 7 of 1, 2, 3, 4: 1.75, 2.5 and 3.25.
        var figures = Quartiles.Of([4, 1, 3, 2, double.NaN])!;

        (figures.Minimum, figures.Lower, figures.Median, figures.Upper, figures.Maximum, figures.Mean, figures.Count).ShouldBe((1, 1.75, 2.5, 3.25, 4, 2.5, 4));
        figures.P95.ShouldBe(3.85, 1e-9);
    }

    [Fact]
    public void Quartiles_OfNothing_AreNone() => Quartiles.Of([double.NaN]).ShouldBeNull();

    [Fact]
    public void HourGrid_OfPoints_IsTheMeanOfEachHourInTheVisitorsZone()
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("seven", TimeSpan.FromHours(7), null, null);

        var rows = HourGrid.Of([(Start, 10), (Start.AddMinutes(30), 20), (Start.AddHours(6), 5), (Start.AddDays(2), null)], zone);

        rows.Select(row => row.Day).ShouldBe([new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 2)]);
        rows[0].Hours[19].ShouldBe(15);
        rows[1].Hours[1].ShouldBe(5);
        rows[0].Hours[18].ShouldBeNull();
    }

    [Fact]
    public void HourGrid_OfManyDays_KeepsTheNewest()
    {
        var rows = HourGrid.Of(Enumerable.Range(0, 90).Select(day => (Start.AddDays(day), (double?)day)), TimeZoneInfo.Utc);

        rows.Count.ShouldBe(HourGrid.MaximumDays);
        rows[^1].Hours[12].ShouldBe(89);
    }

    [Fact]
    public void MinMaxDownsampler_OfManyRows_KeepsPeaksAndGaps()
    {
        var values = Enumerable.Range(0, 10_000).Select(i => i is > 4000 and < 4010 ? (double?)null : i == 7777 ? 99 : i % 3).ToList();
        var columns = new ChartColumns([.. Enumerable.Range(0, 10_000).Select(i => (double)i)], [values]);

        var reduced = MinMaxDownsampler.Reduce(columns, 500);

        reduced.Count.ShouldBeLessThan(1100);
        reduced.Times[0].ShouldBe(0);
        reduced.Times[^1].ShouldBe(9999);
        reduced.Values[0].ShouldContain(99);
        reduced.Values[0].ShouldContain((double?)null);
        reduced.Times.ShouldBe(reduced.Times.Order());
    }

    [Fact]
    public void MinMaxDownsampler_OfFewRows_ChangesNothing()
    {
        var columns = new ChartColumns([1, 2], [[1.0, null]]);

        MinMaxDownsampler.Reduce(columns, 500).ShouldBeSameAs(columns);
    }

    [Fact]
    public void ChartTable_AsCsv_IsTheSameInEveryLanguageAndNoFormula()
    {
        var table = new ChartTable([new("Time"), new("a, b"), new("c")], [[Start, 1.5, "=1+1"], [Start, null, "say \"hi\""], ["x", double.NaN, 3]]);

        table.ToCsv().Split("\r\n").ShouldBe(
            ["Time,\"a, b\",c", "2026-03-01T12:00:00.0000000Z,1.5,'=1+1", "2026-03-01T12:00:00.0000000Z,,\"say \"\"hi\"\"\"", "x,,3", ""]);
    }

    [Fact]
    public void ErrorBins_OfErrors_HoldEveryOneAndWhatIsBeyond()
    {
        var bins = ErrorBins.Of([-80, -50, -0.1, 0, 4.9, 5, 49.9, 50, 900]);

        bins.Sum(bin => bin.Count).ShouldBe(9);
        bins[0].Count.ShouldBe(1);
        bins[^1].Count.ShouldBe(2);
        bins.Single(bin => bin.Low == 0).Count.ShouldBe(2);
    }

    [Fact]
    public void FamilyCoverage_OfSmallFamilies_PutsThemTogetherAtTheEnd()
    {
        ValidatedRow[] rows = [.. Enumerable.Range(0, 6).Select(i => new ValidatedRow("m", "big", 10, 10, i < 5 ? 9 : 10.5, 11)), new("n", "one", 10, 10, 9, 11), new("o", "two", 10, 10, 11, 12)];

        FamilyCoverage.Of(rows, 5, "others").ShouldBe([new FamilyCoverage("big", 6, 5), new FamilyCoverage("others", 2, 1)]);
    }

    [Fact]
    public void Waterfall_OfAPrediction_LeadsFromTheBaseToIt()
    {
        var prediction = Prediction(Math.Log(2), [.. Enumerable.Range(1, 10).Select(i => new FeatureContribution($"f{i}", 1, (i % 2 == 0 ? 0.1 : -0.05) * i))]);

        var waterfall = Waterfall.Of(prediction);

        (waterfall.Quantity, waterfall.Unit).ShouldBe((WaterfallQuantity.Power, "W"));
        waterfall.Steps[0].To.ShouldBe(2, 1e-9);
        waterfall.Steps[1].Feature.ShouldBe("f10");
        waterfall.Steps.Count(step => step.Kind == WaterfallKind.Feature).ShouldBe(Waterfall.Features);
        waterfall.Steps.Count(step => step.Kind == WaterfallKind.Others).ShouldBe(1);
        waterfall.Steps[^1].To.ShouldBe(prediction.AveragePower.Watts, 1e-9);
        var between = waterfall.Steps.Skip(1).SkipLast(1).ToList();
        between[0].From.ShouldBe(2, 1e-9);
        between.Zip(between.Skip(1)).ShouldAllBe(pair => Math.Abs(pair.First.To - pair.Second.From) < 1e-9);
        between[^1].To.ShouldBe(prediction.AveragePower.Watts, 1e-6);
    }

    [Fact]
    public void Waterfall_OfAClampedPrediction_ShowsTheLimit()
    {
        var waterfall = Waterfall.Of(Prediction(Math.Log(2), [new FeatureContribution("f", 1, 0.1)]) with { AveragePower = Power.FromWatts(2) });

        waterfall.Steps.Single(step => step.Kind == WaterfallKind.Limit).To.ShouldBe(2, 1e-9);
    }

    [Fact]
    public void HealthFigures_OfAPeriodWithoutSensors_AreUnknownNeverZero()
    {
        var figures = HealthFigures.Of(Series(new TelemetryPoint { Time = Start, CpuPercent = 40 }), null);

        (figures.EnergyMwh, figures.PowerW, figures.StandardRunMwh, figures.PeakTemperatureC, figures.Inferences, figures.Throttled, figures.Provenance)
            .ShouldBe((null, null, null, null, null, null, null));
        figures.Coverage.ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void HealthFigures_OfMeasuredPower_WeighByInferences()
    {
        var figures = HealthFigures.Of(
            Series(
                Measured(0, "a", 10, 720), Measured(1, "a", 30, 360), Measured(2, "other", 1000, 9999)),
            "a");

        // (10 * 720 + 30 * 360) / 40 = 450 mJ an inference; 500 of them are 225 J = 62.5 mWh.
        figures.StandardRunMwh!.Value.ShouldBe(62.5, 1e-9);
        figures.EnergyMwh!.Value.ShouldBe(3 * 36 / 3.6, 1e-9);
        figures.Inferences.ShouldBe(1040);
        figures.Provenance.ShouldBe("measured:ina219");
    }

    private static TelemetryPoint Measured(int second, string model, int count, double millijoules) => new()
    {
        Time = Start.AddSeconds(second),
        Power = new TelemetryPower(4, 4, 4, 36, "measured:ina219"),
        Inference = new TelemetryInference(model, count, 0, 20, 30, millijoules),
    };

    private static TelemetrySeries Series(params TelemetryPoint[] points) => new("d", Start, Start.AddSeconds(10), TimeSpan.FromSeconds(1), points);

    private static EnergyPrediction Prediction(double baseEffect, IReadOnlyList<FeatureContribution> contributions)
    {
        DeviceTypeCatalog.BuiltIn.TryResolve("jetson-nano", out var device);
        var energy = Energy.FromMilliwattHours(50);
        return new EnergyPrediction
        {
            Device = device!,
            RunEnergy = energy,
            Interval90 = new EnergyInterval(energy * 0.8, energy * 1.25, 0.9),
            Interval95 = new EnergyInterval(energy * 0.7, energy * 1.4, 0.95),
            Uncertainty = new PredictionUncertainty(0.1, 0, 0.18, 0.22),
            AveragePower = Power.FromWatts(Math.Exp(baseEffect + contributions.Sum(contribution => contribution.LogEffect))),
            LatencyS = 0.02,
            Inferences = 500,
            Category = EnergyCategory.Good,
            FeaturesUsed = [],
            Contributions = contributions,
            BaseLogEffect = baseEffect,
            Mode = PredictionMode.MeasuredLatency,
            OutOfDistribution = new OutOfDistribution(0, false, null),
            ModelR2 = 0.9,
        };
    }
}
