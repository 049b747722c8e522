using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.FewShot;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Core.Boards;

namespace EnergyManager.Tests.Core.Prediction.FewShot;

public sealed class FewShotTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    private readonly FewShotTrainer _trainer = new(TimeProvider.System);

    private IReadOnlyList<EnergyModelArtifact> Product => [models.Jetson, models.Pi];

    [Fact]
    public void Train_BoardThatIsAScaledJetson_RecoversItsPowerAndTime()
    {
        // 60 rows: the prior has little to say. What is left is the error of the Jetson's own model on these networks.
        var model = Model(OwnBoardRows.Take(60));
        var jetson = new DeviceEnergyModel(models.Jetson);
        double power = 0, energy = 0;
        var rows = OwnBoardRows.Take(80)[60..];
        foreach (var row in rows)
        {
            var figures = ModelFigures.Of(row);
            var onJetson = figures with { LatencyS = figures.LatencyS * 4, RunDurationS = figures.RunDurationS * 4 };
            power += Math.Log(model.Estimate(figures).Watts / (2 * jetson.Estimate(onJetson).Watts)) / rows.Length;
            var unrun = FewShotCorrection.WithoutRun(row);
            var (own, other) = (model.Estimate(unrun), jetson.Estimate(unrun));
            energy += Math.Log(own.Watts * own.LatencyS / (0.5 * other.Watts * other.LatencyS)) / rows.Length;
        }

        rows.Length.ShouldBeGreaterThan(10);
        power.ShouldBe(0, 0.06);
        energy.ShouldBe(0, 0.2);
    }

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Train_RowsOfABoardOfTheProduct_StartsFromThatBoard(string id)
    {
        var rows = BenchmarkCatalog.Load(DeviceTypes.All.Single(d => d.Id == id)).Rows.Where(FewShotCorrection.IsTimed).Take(15).ToArray();
        Train(rows).BaseDeviceId.ShouldBe(id);
    }

    [Fact]
    public void Explain_Prediction_SumsToItWithTheCorrectionAmongTheContributions()
    {
        var model = Model(OwnBoardRows.Take(5));
        foreach (var row in TrainedModels.PiTable.Rows.Take(20))
        {
            var measured = ModelFigures.Of(row);
            var (baseValue, contributions) = model.Explain(measured);
            Math.Exp(baseValue + contributions.Sum(c => c.LogEffect)).ShouldBe(model.Estimate(measured).Watts, 1e-9);
            contributions.ShouldContain(c => c.Feature == FewShotEnergyModel.CorrectionFeature);

            var unrun = FewShotCorrection.WithoutRun(row);
            (baseValue, contributions) = model.Explain(unrun);
            var estimate = model.Estimate(unrun);
            Math.Log(estimate.Watts * estimate.LatencyS).ShouldBe(baseValue + contributions.Sum(c => c.LogEffect), 1e-9);
            var correction = contributions.Single(c => c.Feature == FewShotEnergyModel.CorrectionFeature);
            correction.Value.ShouldBe(Math.Exp(correction.LogEffect));
        }
    }

    [Fact]
    public void Estimate_FewerRows_HaveWiderIntervalsAndNeverNarrowerThanTheNearestBoards()
    {
        var figures = ModelFigures.Of(OwnBoardRows.Take(30)[^1]);
        var three = Model(OwnBoardRows.Take(3));
        var fifteen = Model(OwnBoardRows.Take(15));
        var nearest = models.Jetson.MeasuredIntervals;

        three.Estimate(figures).LogHalfWidth90.ShouldBeGreaterThanOrEqualTo(nearest.HalfWidth90);
        fifteen.Estimate(figures).LogHalfWidth90.ShouldBeGreaterThanOrEqualTo(nearest.HalfWidth90);
        var noisy = OwnBoardRows.Take(15).Select((row, i) => row with { RunEnergyMwh = row.RunEnergyMwh * (i % 2 == 0 ? 0.7 : 1.4) }).ToArray();
        Model(noisy[..3]).Estimate(figures).LogHalfWidth90.ShouldBeGreaterThan(Model(noisy).Estimate(figures).LogHalfWidth90);
        three.Estimate(figures).LogHalfWidth95.ShouldBeGreaterThan(three.Estimate(figures).LogHalfWidth90);
    }

    [Fact]
    public void Predict_ThroughThePredictor_AnswersLikeAnyBoard()
    {
        var model = Model(OwnBoardRows.Take(6));
        var predictor = new EnergyPredictor(
            [.. Product.Select(a => new DeviceEnergyModel(a)), model], new DeviceTypeCatalog([OwnBoardRows.Device]));
        var request = new PredictionRequest { DeviceType = "My_Board", ModelName = "resnet50", ParamsM = 25.56, Gmacs = 4.11, SizeMb = 97.8 };

        var prediction = predictor.Predict(request);
        prediction.Device.Device.ShouldBe(OwnBoardRows.Device);
        prediction.Mode.ShouldBe(PredictionMode.Static);
        prediction.RunEnergy.Joules.ShouldBe(prediction.AveragePower.Watts * prediction.LatencyS * prediction.Inferences, 1e-6);
        prediction.Interval90.Low.ShouldBeLessThan(prediction.RunEnergy);
        prediction.Contributions.ShouldContain(c => c.Feature == FewShotEnergyModel.CorrectionFeature);
        // This board draws about twice the Jetson's power for a quarter of the time.
        var jetson = predictor.Predict(request with { DeviceType = "jetson-nano" });
        (prediction.RunEnergy / jetson.RunEnergy).ShouldBeInRange(0.3, 0.8);
        predictor.Predict(request with { LatencyS = jetson.LatencyS / 4 }).AveragePower.Watts.ShouldBeGreaterThan(jetson.AveragePower.Watts);
    }

    [Fact]
    public void Estimate_AnyModel_KeepsToTheBoardsOwnLimits()
    {
        var rows = OwnBoardRows.Take(6);
        var tight = OwnBoardRows.Device with { MinimumPower = Power.FromWatts(9), MaximumPower = Power.FromWatts(10) };
        var artifact = _trainer.Train(new BenchmarkTable(tight, rows, new string('b', 64)), Product);
        var model = new FewShotEnergyModel(artifact, models.Jetson, tight);
        foreach (var row in TrainedModels.JetsonTable.Rows.Take(40))
        {
            model.Estimate(ModelFigures.Of(row)).Watts.ShouldBeInRange(9, 10);
            model.Estimate(FewShotCorrection.WithoutRun(row)).Watts.ShouldBeInRange(9, 10);
        }
    }

    [Fact]
    public void Train_Thresholds_AreThoseOfTheCatalogueAndSaySo()
    {
        var thresholds = Model(OwnBoardRows.Take(5)).Thresholds;
        thresholds.ExcellentBelow.ShouldBeLessThan(thresholds.GoodBelow);
        thresholds.GoodBelow.ShouldBeLessThan(thresholds.AcceptableBelow);
        thresholds.Rows.ShouldBeGreaterThan(200);
        thresholds.Note!.ShouldContain("predicted for this board");
    }

    [Fact]
    public void Train_Info_TellsItsRowsAndTheModelThatItCorrects()
    {
        var info = Model(OwnBoardRows.Take(5)).Info;
        info.Rows.ShouldBe(5);
        info.Version.ShouldContain("jetson-nano");
        info.Validation.ShouldContain("left out once");
        info.Features[^1].ShouldBe(FewShotEnergyModel.CorrectionFeature);
        info.TableSha256.ShouldBe(OwnBoardRows.Table([]).Sha256);
        info.Static!.Accuracy.Mape.ShouldBeGreaterThan(0);
        info.Static.Features[^1].ShouldBe(FewShotEnergyModel.CorrectionFeature);
    }

    [Fact]
    public void Json_ReadBack_PredictsTheSameToTheLastBit()
    {
        var artifact = Train(OwnBoardRows.Take(5));
        var again = FewShotJson.Read(FewShotJson.Write(artifact));
        var (model, copy) = (new FewShotEnergyModel(artifact, models.Jetson, OwnBoardRows.Device), new FewShotEnergyModel(again, models.Jetson, OwnBoardRows.Device));
        foreach (var row in TrainedModels.JetsonTable.Rows.Take(30))
        {
            copy.Estimate(ModelFigures.Of(row)).ShouldBe(model.Estimate(ModelFigures.Of(row)));
            copy.Estimate(FewShotCorrection.WithoutRun(row)).ShouldBe(model.Estimate(FewShotCorrection.WithoutRun(row)));
        }
    }

    [Theory]
    [InlineData("\"schema\":1", "\"schema\":2")]
    [InlineData("\"kind\":\"few-shot\"", "\"kind\":\"other\"")]
    [InlineData("\"coefficients\":[", "\"coefficients\":[1,")]
    [InlineData("\"rows\":5", "\"rows\":1")]
    [InlineData("}", "")]
    public void Json_DamagedOrOfAnotherVersion_IsRefused(string part, string replacement)
    {
        var json = System.Text.Encoding.UTF8.GetString(FewShotJson.Write(Train(OwnBoardRows.Take(5))));
        json.ShouldContain(part);
        Should.Throw<InvalidDataException>(() => FewShotJson.Read(System.Text.Encoding.UTF8.GetBytes(json.Replace(part, replacement, StringComparison.Ordinal))));
    }

    [Fact]
    public void Constructor_AnotherModelThanItWasLearnedBeside_IsRefused() =>
        Should.Throw<InvalidDataException>(() => new FewShotEnergyModel(Train(OwnBoardRows.Take(5)), models.Pi, OwnBoardRows.Device))
            .Message.ShouldContain("train it again");

    [Fact]
    public void Train_TooFewRows_IsRefusedWithTheNumber()
    {
        Should.Throw<TrainingRefusedException>(() => Train(OwnBoardRows.Take(2))).Message.ShouldContain("3");
        var uncounted = OwnBoardRows.Take(5).Select(row => row with { Inferences = null, LikelyInferences = null }).ToArray();
        Should.Throw<TrainingRefusedException>(() => Train(uncounted)).Message.ShouldContain("inferences");
    }

    [Fact]
    public void Simulate_NewBoardFromThreeRows_BeatsItsRivals()
    {
        var options = new FewShotSimulationOptions { Counts = [3, 5], Draws = 10, Training = TrainedModels.QuickOptions };
        foreach (var (table, nearest) in ((BenchmarkTable, EnergyModelArtifact)[])[(TrainedModels.PiTable, models.Jetson), (TrainedModels.JetsonTable, models.Pi)])
        {
            var results = FewShotSimulation.Run(table, nearest, options, CancellationToken.None);
            results.Select(r => r.Rows).ShouldBe([3, 5]);
            results.Average(r => r.Measured.FewShot).ShouldBeLessThan(results.Average(r => r.Measured.Base));
            results.Average(r => r.Measured.FewShot).ShouldBeLessThan(results.Average(r => r.Measured.Constant));
            results.Average(r => r.Static.FewShot).ShouldBeLessThan(results.Average(r => r.Static.Constant));
            results.Average(r => r.Static.FewShot).ShouldBeLessThan(results.Average(r => r.Static.OwnTrees));
            results.ShouldAllBe(r => r.MeasuredCoverage90 > 0.75 && r.StaticCoverage90 > 0.75);
            FewShotSimulation.Run(table, nearest, options, CancellationToken.None).ShouldBe(results);
        }
    }

    private FewShotArtifact Train(IReadOnlyList<BenchmarkRow> rows) => _trainer.Train(OwnBoardRows.Table(rows), Product);

    private FewShotEnergyModel Model(IReadOnlyList<BenchmarkRow> rows)
    {
        var artifact = Train(rows);
        return new FewShotEnergyModel(artifact, Product.Single(p => p.DeviceId == artifact.BaseDeviceId), OwnBoardRows.Device);
    }
}
