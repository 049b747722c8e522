using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EnergyForestTrainerTests
{
    private static readonly TrainingOptions Quick = new() { Boosting = new BoostingOptions { Trees = 60, Ensembles = 1 }, Shapes = [TreeShape.Usual[1]] };

    [Fact]
    public void Fit_TwoSetups_KnownOnesHaveTheirLevelAndAnUnknownOneLiesBetween()
    {
        // The same networks in two set-ups, one of which draws twice as much.
        var rows = Enumerable.Range(1, 20).SelectMany(i => (BenchmarkRow[])[Row(i, "low", 2), Row(i, "high", 4)]).ToArray();

        var forests = new EnergyForestTrainer(Quick).Fit(rows, ensembles: 1, CancellationToken.None);

        forests.Campaigns.ShouldBe(["low", "high"]);
        var asked = ModelFigures.Of(Row(10, "low", 1));
        Math.Exp(forests.LogPower(asked)).ShouldBe(2, 0.2);
        Math.Exp(forests.LogPower(asked with { Campaign = "high" })).ShouldBe(4, 0.4);
        Math.Exp(forests.LogPower(asked with { Campaign = null })).ShouldBeInRange(2.3, 3.7);
        forests.LogPower(asked with { Campaign = "never measured" }).ShouldBe(forests.LogPower(asked with { Campaign = null }));
    }

    [Fact]
    public void Fit_CampaignOfFiveRows_IsNoSetupToLearnFrom()
    {
        var rows = Enumerable.Range(1, 20).Select(i => Row(i, i <= 5 ? "few" : "many", 3)).ToArray();

        new EnergyForestTrainer(Quick).Fit(rows, ensembles: 1, CancellationToken.None).Campaigns.ShouldBe(["many"]);
    }

    [Fact]
    public void LogPower_BatchThatNobodyNoticed_HardlyChangesThePower()
    {
        var table = TrainedModels.JetsonTable.Rows;
        var forests = new EnergyForestTrainer(Quick).Fit(table, ensembles: 1, CancellationToken.None);
        var batched = table.Where(row => row is { Batch: 4, Inferences: not null }).Select(ModelFigures.Of).Select(f => f with { Campaign = null }).ToArray();

        var changes = batched.Select(f => Math.Abs(forests.LogPower(f with { Batch = 1 }) - forests.LogPower(f))).Order().ToArray();

        batched.Length.ShouldBeGreaterThan(30);
        changes[changes.Length / 2].ShouldBeLessThan(0.03, "the median row's power");
    }

    [Fact]
    public void Complete_LatencyAlone_IsTheStandardRun()
    {
        var forests = new EnergyForestTrainer(Quick).Fit(TrainedModels.PiTable.Rows, ensembles: 1, CancellationToken.None);
        var asked = ModelFigures.Of(TrainedModels.PiTable.Rows[0]) with { Batch = 1, LatencyS = 0.1, RunDurationS = double.NaN };

        forests.Complete(asked).RunDurationS.ShouldBe(50);
    }

    [Fact]
    public void Fit_SeveralShapes_TakesTheOneThatPredictsUnseenArchitecturesBest()
    {
        // Power is a step of the size: a single split finds it, and a leaf that must hold most of the rows cannot.
        var rows = Enumerable.Range(1, 40).Select(i => Row(i, "", i <= 20 ? 2 : 6)).ToArray();
        TreeShape good = new(3, 2, 0.1, 1, 1), blind = new(3, 35, 0.1, 1, 1);

        foreach (var shapes in (TreeShape[][])[[good, blind], [blind, good]])
            new EnergyForestTrainer(Quick with { Shapes = shapes }).Fit(rows, ensembles: 1, CancellationToken.None).PowerShape.ShouldBe(good);
    }

    [Fact]
    public void Validate_NoShapeOrABadOne_IsRefused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new TrainingOptions { Shapes = [] }.Validate()).ParamName.ShouldBe("Shapes");
        Should.Throw<ArgumentOutOfRangeException>(() => new TrainingOptions { Shapes = [new(0, 1, 1, 1, 1)] }.Validate()).ParamName.ShouldBe("MaxDepth");
    }

    private static BenchmarkRow Row(int size, string campaign, double watts) => new()
    {
        Model = $"net{size}",
        Architecture = $"net{size}",
        Family = "resnet",
        ParamsM = size,
        Gmacs = size / 5.0,
        SizeMb = 4 * size,
        InputWidth = 224,
        InputHeight = 224,
        Inferences = 500,
        RunDurationS = 10 * size,
        RunEnergyMwh = watts * 10 * size / 3.6,
        Campaign = campaign,
    };
}
