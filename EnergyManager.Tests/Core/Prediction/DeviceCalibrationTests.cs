using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class DeviceCalibrationTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    private static readonly PredictionRequest ResNet18 = new() { DeviceType = "jetson-nano", ModelName = "resnet18", ParamsM = 11.69, Gmacs = 1.82, SizeMb = 44.7 };
    private static readonly PredictionRequest MobileNet = new() { DeviceType = "jetson-nano", ModelName = "mobilenetv2_100", ParamsM = 3.5, Gmacs = 0.3, SizeMb = 13.6 };

    [Fact]
    public void Predict_TheMeasuredModel_IsTheMeasurement()
    {
        var plain = models.Predictor.Predict(ResNet18);
        var latencyS = plain.LatencyS * 1.5;
        var energyMj = plain.EnergyPerInference.Millijoules * 2;

        var calibrated = Calibrate(Observation(ResNet18, latencyS, energyMj)).Predict(ResNet18);

        calibrated.Mode.ShouldBe(PredictionMode.Calibrated);
        calibrated.LatencyS.ShouldBe(latencyS, 0.02 * latencyS);
        calibrated.EnergyPerInference.Millijoules.ShouldBe(energyMj, 0.04 * energyMj);
        calibrated.AveragePower.Watts.ShouldBe(calibrated.RunEnergy.Joules / (500 * calibrated.LatencyS), 1e-9);
        Ratio(calibrated.Interval90).ShouldBeLessThan(Ratio(plain.Interval90));
        Ratio(calibrated.Interval95).ShouldBeGreaterThan(Ratio(calibrated.Interval90));
        calibrated.Interval90.Low.ShouldBeLessThan(calibrated.RunEnergy);
        calibrated.Calibration!.ToString().ShouldContain("this one among them (30 windows) (measured:ina219)");
    }

    [Fact]
    public void Predict_AnotherModel_IsCorrectedByLess()
    {
        var plain = models.Predictor.Predict(MobileNet);
        var measured = models.Predictor.Predict(ResNet18);

        var calibrated = Calibrate(Observation(ResNet18, measured.LatencyS * 1.3, measured.EnergyPerInference.Millijoules * 1.3)).Predict(MobileNet);

        (calibrated.LatencyS / plain.LatencyS).ShouldBeInRange(1.02, 1.28);
        calibrated.Calibration!.OwnLatencyWindows.ShouldBe(0);
        calibrated.Calibration.LatencyModels.ShouldBe(1);
    }

    [Fact]
    public void Predict_NoSensor_CorrectsTheLatencyAlone()
    {
        var plain = models.Predictor.Predict(ResNet18);

        var calibrated = Calibrate(Observation(ResNet18, plain.LatencyS * 0.5, null)).Predict(ResNet18);

        calibrated.AveragePower.ShouldBe(plain.AveragePower);
        calibrated.LatencyS.ShouldBe(plain.LatencyS * 0.5, 0.02 * plain.LatencyS);
        calibrated.Calibration!.PowerFactor.ShouldBe(1);
        calibrated.Calibration.EnergyProvenance.ShouldBeEmpty();
        calibrated.Calibration.ToString().ShouldContain("no measured energy, so the power is the model's");
    }

    [Fact]
    public void Predict_SensorsOfAPart_SetModelsAgainstEachOtherAndLeaveTheLevel()
    {
        var (one, other) = (models.Predictor.Predict(ResNet18), models.Predictor.Predict(MobileNet));
        // The package draws 2 W less than the board; the first model 1 W more than that would be.
        var calibration = Calibrate(
            Package(Observation(ResNet18, one.LatencyS, (one.AveragePower.Watts - 1) * one.LatencyS * 1000)),
            Package(Observation(MobileNet, other.LatencyS, (other.AveragePower.Watts - 2) * other.LatencyS * 1000)));

        var (first, second) = (calibration.Predict(ResNet18), calibration.Predict(MobileNet));

        (first.AveragePower.Watts / one.AveragePower.Watts).ShouldBeGreaterThan(1.02);
        (second.AveragePower.Watts / other.AveragePower.Watts).ShouldBeLessThan(0.98);
        (first.AveragePower.Watts * second.AveragePower.Watts).ShouldBe(one.AveragePower.Watts * other.AveragePower.Watts, 1e-6);
        first.Calibration!.EnergyModels.ShouldBe(0);
        first.Calibration.PartModels.ShouldBe(2);
        first.Calibration.ToString().ShouldContain("power of 2 models relative to each other");
    }

    [Fact]
    public void Predict_SensorsOfBothScopes_OnlyThoseOfTheWholeBoardCount()
    {
        var (one, other) = (models.Predictor.Predict(ResNet18), models.Predictor.Predict(MobileNet));
        var whole = Observation(ResNet18, one.LatencyS, one.EnergyPerInference.Millijoules * 1.4);
        var part = Package(Observation(MobileNet, other.LatencyS, other.EnergyPerInference.Millijoules * 0.2));

        var mixed = Calibrate(whole, part).Predict(MobileNet);
        var alone = Calibrate(whole, part with { EnergyPerInferenceMj = null }).Predict(MobileNet);

        mixed.AveragePower.ShouldBe(alone.AveragePower);
        mixed.Calibration!.PartModels.ShouldBe(0);
        mixed.Calibration.EnergyProvenance.ShouldBe([Provenance.Measured("ina219")]);
    }

    private static DeviceObservation Package(DeviceObservation observation) => observation with { EnergyProvenance = Provenance.Measured("rapl-package") };

    [Theory]
    [InlineData("predicted")]
    [InlineData("benchmark")]
    [InlineData("unavailable")]
    public void Predict_EnergyThatNoSensorMeasured_DoesNotCount(string provenance)
    {
        Provenance.TryParse(provenance, out var source).ShouldBeTrue();
        var plain = models.Predictor.Predict(ResNet18);
        var observation = Observation(ResNet18, plain.LatencyS, 10 * plain.EnergyPerInference.Millijoules) with { EnergyProvenance = source };

        var calibrated = Calibrate(observation).Predict(ResNet18);

        calibrated.AveragePower.ShouldBe(plain.AveragePower);
        calibrated.Calibration!.EnergyModels.ShouldBe(0);
    }

    [Fact]
    public void Predict_RestlessMeasurement_IntervalIsNotNarrowerThanItsSpread()
    {
        var plain = models.Predictor.Predict(ResNet18);
        var observation = Observation(ResNet18, plain.LatencyS, plain.EnergyPerInference.Millijoules) with
        {
            EnergyPerInferenceMj = new MeasuredMean(plain.EnergyPerInference.Millijoules, 0.1, 100_000),
        };

        var calibrated = Calibrate(observation).Predict(ResNet18);

        // 90 % of windows lie within 1.6 standard deviations of 10 % to each side.
        Ratio(calibrated.Interval90).ShouldBeGreaterThan(Math.Exp(2 * 1.5 * 0.1));
    }

    [Fact]
    public void Predict_LatencyGivenAndNoEnergyMeasured_StaysAsItIs()
    {
        var given = ResNet18 with { LatencyS = 0.03 };

        var prediction = Calibrate(Observation(ResNet18, 0.05, null)).Predict(given);

        prediction.Mode.ShouldBe(PredictionMode.MeasuredLatency);
        prediction.Calibration.ShouldBeNull();
        prediction.LatencyS.ShouldBe(0.03);
    }

    [Fact]
    public void Predict_LatencyGivenAndEnergyMeasured_CorrectsThePowerAlone()
    {
        var given = ResNet18 with { LatencyS = 0.03 };
        var plain = models.Predictor.Predict(given);

        var prediction = Calibrate(Observation(ResNet18, 0.03, 2 * plain.EnergyPerInference.Millijoules)).Predict(given);

        prediction.LatencyS.ShouldBe(0.03);
        prediction.AveragePower.Watts.ShouldBe(2 * plain.AveragePower.Watts, 0.1 * plain.AveragePower.Watts);
        prediction.Calibration!.Corrects.ShouldBe(PredictionMode.MeasuredLatency);
    }

    [Fact]
    public void Predict_SameNameWithOtherFigures_IsAnotherModel()
    {
        var calibration = Calibrate(Observation(ResNet18, 0.05, null));

        calibration.Predict(ResNet18 with { ModelName = "RESNET18" }).Calibration!.OwnLatencyWindows.ShouldBe(30);
        calibration.Predict(ResNet18 with { ParamsM = 25, SizeMb = 100 }).Calibration!.OwnLatencyWindows.ShouldBe(0);
        calibration.Predict(ResNet18 with { ModelName = null }).Calibration!.OwnLatencyWindows.ShouldBe(0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.03)]
    public void Predict_Contributions_StillSumToThePrediction(double? latencyS)
    {
        var request = ResNet18 with { LatencyS = latencyS };
        var calibrated = Calibrate(Observation(ResNet18, 0.05, 300)).Predict(request);

        var sum = calibrated.BaseLogEffect + calibrated.Contributions.Sum(c => c.LogEffect);

        sum.ShouldBe(Math.Log(calibrated.AveragePower.Watts) + (latencyS is null ? Math.Log(calibrated.LatencyS) : 0), 1e-9);
        calibrated.Contributions.Select(c => c.Feature).ShouldContain("device_power");
    }

    [Fact]
    public void Predict_OtherRunLength_HasTheLightOfTheStandardRun()
    {
        var calibration = Calibrate(Observation(ResNet18, 0.05, 300));

        calibration.Predict(ResNet18 with { Inferences = 7 }).Category.ShouldBe(calibration.Predict(ResNet18).Category);
    }

    [Fact]
    public void From_NothingComparable_IsNoCalibration()
    {
        DeviceCalibration.From(models.Predictor, []).ShouldBeNull();
        // Nothing measured resembles it, so there is no prediction to correct.
        DeviceCalibration.From(models.Predictor, [Observation(ResNet18 with { ParamsM = 20_000 }, 0.05, null)]).ShouldBeNull();
    }

    [Fact]
    public void Predict_HungrierAndSlowerBoard_ErrsLessAndCoversWhatItHasNotRun()
    {
        // Half of the architectures are measured on this board, the other half trains; it draws 30 % more for 25 % longer.
        var rows = TrainedModels.JetsonTable.Rows;
        var folds = Folds.Assign(rows, FoldGrouping.Architecture, 2, 3);
        var trained = new EnergyModelTrainer(TimeProvider.System).Train(
            TrainedModels.JetsonTable with { Rows = [.. rows.Where((_, i) => folds[i] == 0)] }, TrainedModels.QuickOptions, CancellationToken.None);
        var predictor = new EnergyPredictor([trained]);
        BenchmarkRow[] unseen = [.. rows.Where((row, i) => folds[i] == 1 && row is { Inferences: not null, Batch: 1 }).DistinctBy(row => row.Model)];
        var calibration = DeviceCalibration.From(
            predictor, unseen.Take(10).Select(row => Observation(Request(row), 1.25 * row.LatencyS!.Value, 1.3 * 1.25 * row.EnergyPerInference!.Value.Millijoules)))!;

        double before = 0, after = 0;
        int covered90 = 0, covered95 = 0, count = 0;
        foreach (var row in unseen.Skip(10))
        {
            var truth = 1.3 * 1.25 * row.EnergyPerInference!.Value.OfStandardRun().MilliwattHours;
            var plain = predictor.Predict(Request(row));
            var calibrated = calibration.Predict(Request(row));
            before += Math.Abs(plain.RunEnergy.MilliwattHours / truth - 1);
            after += Math.Abs(calibrated.RunEnergy.MilliwattHours / truth - 1);
            covered90 += Holds(calibrated.Interval90, truth);
            covered95 += Holds(calibrated.Interval95, truth);
            calibrated.Calibration!.PowerFactor.ShouldBeInRange(1.1, 1.4);
            calibrated.Calibration.LatencyFactor.ShouldBeInRange(1.05, 1.35);
            count++;
        }

        count.ShouldBeGreaterThan(30);
        after.ShouldBeLessThan(before * 0.6);
        (covered90 / (double)count).ShouldBeInRange(0.8, 1);
        (covered95 / (double)count).ShouldBeGreaterThanOrEqualTo(covered90 / (double)count);
    }

    private static int Holds(EnergyInterval interval, double mwh) => mwh >= interval.Low.MilliwattHours && mwh <= interval.High.MilliwattHours ? 1 : 0;

    private static PredictionRequest Request(BenchmarkRow row) => new()
    {
        DeviceType = "jetson-nano",
        ModelName = row.Model,
        ParamsM = row.ParamsM,
        Gmacs = row.Gmacs,
        SizeMb = row.SizeMb,
        InputWidth = row.InputWidth,
        InputHeight = row.InputHeight,
        Precision = row.Precision,
    };

    private static double Ratio(EnergyInterval interval) => interval.High / interval.Low;

    private DeviceCalibration Calibrate(params DeviceObservation[] observations) => DeviceCalibration.From(models.Predictor, observations)!;

    private static DeviceObservation Observation(PredictionRequest model, double latencyS, double? energyMj) => new()
    {
        Model = model,
        LatencyS = new MeasuredMean(latencyS, 0.01, 30),
        EnergyPerInferenceMj = energyMj is { } mj ? new MeasuredMean(mj, 0.01, 30) : null,
        EnergyProvenance = energyMj is null ? Provenance.Unavailable : Provenance.Measured("ina219"),
        Time = DateTimeOffset.UnixEpoch,
    };
}
