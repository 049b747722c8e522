using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EnergyPredictorTests(TrainedModels models) : IClassFixture<TrainedModels>
{
    private static readonly PredictionRequest MobileNet = new()
    {
        DeviceType = "jetson-nano",
        ModelName = "mobilenetv2_100",
        ParamsM = 3.5,
        Gmacs = 0.3,
        SizeMb = 13.6,
        LatencyS = 0.025,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(5_000)]
    [InlineData(1_000_000)]
    public void Predict_OfAnyRunLength_ShowsTheLightOfTheStandardRun(int inferences)
    {
        foreach (var gmacs in new[] { 0.1, 0.3, 1.0, 1.8, 4.0 })
        {
            var request = MobileNet with { Gmacs = gmacs, LatencyS = 0.02 + (gmacs / 40) };

            models.Predictor.Predict(request with { Inferences = inferences }).Category.ShouldBe(models.Predictor.Predict(request).Category);
        }
    }

    [Fact]
    public void Predict_MoreInferences_DrawTheSamePowerForLonger()
    {
        var standard = models.Predictor.Predict(MobileNet);
        var longer = models.Predictor.Predict(MobileNet with { Inferences = 5_000 });

        longer.AveragePower.ShouldBe(standard.AveragePower);
        (longer.RunEnergy.Joules / standard.RunEnergy.Joules).ShouldBe(10, 1e-9);
    }

    [Fact]
    public void Predict_CampaignOfTheTable_HasTheLevelOfItsSetup()
    {
        var request = MobileNet with { DeviceType = "raspberry-pi-5", LatencyS = 0.06 };
        var campaigns = models.Predictor.Describe("raspberry-pi-5").Campaigns;

        var lowest = models.Predictor.Predict(request with { Campaign = campaigns[0] });
        var highest = models.Predictor.Predict(request with { Campaign = campaigns[^1] });

        lowest.AveragePower.Watts.ShouldBeLessThan(0.9 * highest.AveragePower.Watts);
        (highest.BaseLogEffect + highest.Contributions.Sum(c => c.LogEffect)).ShouldBe(Math.Log(highest.AveragePower.Watts), 1e-9);
        highest.Contributions.ShouldContain(c => c.Feature == "campaign_level");
    }

    [Fact]
    public void Predict_UnknownCampaign_NamesThoseOfTheTable()
    {
        var refused = Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(MobileNet with { Campaign = "garage" }));

        refused.Field.ShouldBe("campaign");
        refused.Message.ShouldContain(models.Predictor.Describe("jetson-nano").Campaigns[0]);
    }

    [Fact]
    public void Predict_LatencyKnown_MultipliesPowerByTheDuration()
    {
        var prediction = models.Predictor.Predict(MobileNet);

        prediction.Mode.ShouldBe(PredictionMode.MeasuredLatency);
        prediction.LatencyS.ShouldBe(0.025);
        prediction.Inferences.ShouldBe(500);
        prediction.RunEnergy.Joules.ShouldBe(prediction.AveragePower.Watts * 0.025 * 500, 1e-9);
        prediction.EnergyPerInference.Millijoules.ShouldBe(prediction.RunEnergy.Joules * 1000 / 500, 1e-9);
    }

    [Fact]
    public void Predict_DurationAndCountKnown_ImpliesTheLatency()
    {
        var prediction = models.Predictor.Predict(MobileNet with { LatencyS = null, Inferences = 200, RunDurationS = 5 });

        prediction.Mode.ShouldBe(PredictionMode.MeasuredLatency);
        prediction.LatencyS.ShouldBe(0.025, 1e-12);
        prediction.RunEnergy.Joules.ShouldBe(prediction.AveragePower.Watts * 5, 1e-9);
    }

    [Fact]
    public void Predict_NothingMeasured_PredictsLatencyToo()
    {
        var prediction = models.Predictor.Predict(MobileNet with { LatencyS = null });

        prediction.Mode.ShouldBe(PredictionMode.Static);
        prediction.LatencyS.ShouldBeInRange(0.003, 0.3);
        prediction.RunEnergy.Joules.ShouldBe(prediction.AveragePower.Watts * prediction.LatencyS * 500, 1e-9);
    }

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("rpi5")]
    public void Predict_TwiceTheInferences_TwiceTheEnergyAndTheSameCategory(string device)
    {
        var once = models.Predictor.Predict(MobileNet with { DeviceType = device, LatencyS = null });
        var twice = models.Predictor.Predict(MobileNet with { DeviceType = device, LatencyS = null, Inferences = 1000 });

        (twice.RunEnergy / once.RunEnergy).ShouldBe(2, 1e-9);
        twice.Category.ShouldBe(once.Category);
    }

    [Theory]
    [InlineData(0.025)]
    [InlineData(null)]
    public void Predict_AnyMode_ContributionsAndBaseSumToThePrediction(double? latencyS)
    {
        var prediction = models.Predictor.Predict(MobileNet with { LatencyS = latencyS });
        var logSum = prediction.BaseLogEffect + prediction.Contributions.Sum(c => c.LogEffect);
        var expected = latencyS is null
            ? Math.Log(prediction.AveragePower.Watts) + Math.Log(prediction.LatencyS)
            : Math.Log(prediction.AveragePower.Watts);

        logSum.ShouldBe(expected, 1e-9);
        prediction.Contributions.Select(c => Math.Abs(c.LogEffect)).ShouldBeInOrder(SortDirection.Descending);
        prediction.FeaturesUsed.ShouldNotBeEmpty();
    }

    [Fact]
    public void Predict_EveryMeasuredRow_StaysInsideTheBoardAndItsInterval()
    {
        foreach (var (table, id) in new[] { (TrainedModels.JetsonTable, "jetson-nano"), (TrainedModels.PiTable, "raspberry-pi-5") })
        {
            foreach (var row in table.Rows)
            {
                var prediction = models.Predictor.Predict(new PredictionRequest
                {
                    DeviceType = id,
                    ParamsM = row.ParamsM,
                    Gmacs = row.Gmacs,
                    SizeMb = row.SizeMb,
                    InputWidth = row.InputWidth,
                    InputHeight = row.InputHeight,
                    LatencyS = row.LatencyS,
                });
                prediction.AveragePower.ShouldBeGreaterThanOrEqualTo(table.Device.MinimumPower);
                prediction.AveragePower.ShouldBeLessThanOrEqualTo(table.Device.MaximumPower);
                prediction.Interval90.Low.ShouldBeLessThanOrEqualTo(prediction.RunEnergy);
                prediction.Interval90.High.ShouldBeGreaterThanOrEqualTo(prediction.RunEnergy);
                prediction.Interval95.Low.ShouldBeLessThanOrEqualTo(prediction.Interval90.Low);
                prediction.Interval95.High.ShouldBeGreaterThanOrEqualTo(prediction.Interval90.High);
            }
        }
    }

    [Fact]
    public void Predict_FarFromTheData_SaysWhyAndWidensTheInterval()
    {
        var near = models.Predictor.Predict(MobileNet with { LatencyS = null });
        var far = models.Predictor.Predict(MobileNet with { LatencyS = null, ParamsM = 7000, Gmacs = 6500, SizeMb = 28000 });

        near.OutOfDistribution.IsOutside.ShouldBeFalse();
        near.OutOfDistribution.Reason.ShouldBeNull();
        far.OutOfDistribution.IsOutside.ShouldBeTrue();
        far.OutOfDistribution.Score.ShouldBeGreaterThan(1);
        far.OutOfDistribution.Reason!.ShouldContain("params_m 7000");
        (far.Interval90.High / far.Interval90.Low).ShouldBeGreaterThan(near.Interval90.High / near.Interval90.Low);
    }

    [Theory]
    [InlineData("jetson-nano", 1.8, 0.0001, "latency_avg_s")]
    [InlineData("jetson-nano", 4.1, 0.015, "latency_avg_s")]
    [InlineData("raspberry-pi-5", 1.8, 0.01, "latency_avg_s")]
    public void Predict_FasterThanTheBoardComputes_IsRefused(string device, double gmacs, double latencyS, string field)
    {
        var impossible = MobileNet with { DeviceType = device, ParamsM = 11.7, SizeMb = 46, Gmacs = gmacs, LatencyS = latencyS };

        var refused = Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(impossible));
        var byDuration = Should.Throw<PredictionRefusedException>(
            () => models.Predictor.Predict(impossible with { LatencyS = null, Inferences = 100, RunDurationS = 100 * latencyS }));

        refused.Field.ShouldBe(field);
        refused.IsImplausible.ShouldBeTrue();
        refused.Message.ShouldContain("GMACs/s");
        byDuration.Field.ShouldBe("run_duration_s");
    }

    [Fact]
    public void Predict_HostThatBorrowsTheTable_MayBeFasterThanTheBoard()
    {
        // 500 GMACs/s: a desktop does that, a Nano cannot.
        var fast = MobileNet with { DeviceType = "generic-linux", ParamsM = 11.7, SizeMb = 46, Gmacs = 1.8, LatencyS = 0.0036 };

        models.Predictor.Predict(fast).OutOfDistribution.IsOutside.ShouldBeTrue();
        Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(fast with { DeviceType = "jetson-nano" }));
    }

    [Theory]
    [InlineData(11_700, 46, 1.8, "size_mb")]
    [InlineData(0.0002, 0.001, 0.00001, "size_mb")]
    [InlineData(50_000, 200_000, 50_000, "size_mb")]
    public void Predict_NothingMeasuredResemblesIt_IsRefusedWithTheReason(double paramsM, double sizeMb, double gmacs, string field)
    {
        var refused = Should.Throw<PredictionRefusedException>(
            () => models.Predictor.Predict(MobileNet with { ParamsM = paramsM, SizeMb = sizeMb, Gmacs = gmacs, LatencyS = null }));

        refused.Field.ShouldBe(field);
        refused.IsImplausible.ShouldBeTrue();
        refused.Message.ShouldContain("the measured");
    }

    [Theory]
    [InlineData("params_m", double.NaN)]
    [InlineData("params_m", -1)]
    [InlineData("params_m", 25_600_000)]
    [InlineData("gmacs", 0)]
    [InlineData("gmacs", double.PositiveInfinity)]
    [InlineData("size_mb", -3)]
    [InlineData("latency_avg_s", 0)]
    [InlineData("latency_avg_s", double.NaN)]
    [InlineData("run_duration_s", -1)]
    [InlineData("inferences", 0)]
    [InlineData("input_size", 0)]
    public void Predict_ImpossibleFigure_IsRefusedByItsName(string field, double value)
    {
        var request = field switch
        {
            "params_m" => MobileNet with { ParamsM = value },
            "gmacs" => MobileNet with { Gmacs = value },
            "size_mb" => MobileNet with { SizeMb = value },
            "latency_avg_s" => MobileNet with { LatencyS = value },
            "run_duration_s" => MobileNet with { RunDurationS = value },
            "inferences" => MobileNet with { Inferences = (int)value },
            _ => MobileNet with { InputWidth = (int)value },
        };

        var refused = Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(request));

        refused.Field.ShouldBe(field);
        refused.Message.ShouldStartWith(field);
    }

    [Fact]
    public void Predict_DurationContradictsLatency_IsRefused() =>
        Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(MobileNet with { RunDurationS = 100 }))
            .Field.ShouldBe("run_duration_s");

    [Fact]
    public void Predict_UnknownDeviceType_NamesTheAcceptedOnes()
    {
        var refused = Should.Throw<PredictionRefusedException>(() => models.Predictor.Predict(MobileNet with { DeviceType = "toaster" }));

        refused.Field.ShouldBe("device_type");
        refused.Message.ShouldContain("jetson-nano");
    }

    [Fact]
    public void Predict_BeagleBone_AnswersFromTheDefaultTableAndSaysSo()
    {
        var prediction = models.Predictor.Predict(MobileNet with { DeviceType = "BBB" });

        prediction.Device.Device.ShouldBe(DeviceTypes.Default);
        prediction.Device.Note.ShouldNotBeNull();
    }

    [Fact]
    public void Predict_PrecisionNotGiven_FollowsFromBytesPerParameter()
    {
        var inferred = models.Predictor.Predict(MobileNet with { SizeMb = 3.6 });
        var stated = models.Predictor.Predict(MobileNet with { SizeMb = 3.6, Precision = Precision.Int8 });

        inferred.RunEnergy.ShouldBe(stated.RunEnergy);
        inferred.Contributions.Single(c => c.Feature == "precision_bits").Value.ShouldBe(8);
    }

    [Fact]
    public void Thresholds_BothBoards_AreOrderedQuartiles()
    {
        foreach (var device in DeviceTypes.All)
        {
            var thresholds = models.Predictor.Thresholds(device.Id);
            thresholds.ExcellentBelow.ShouldBeLessThan(thresholds.GoodBelow);
            thresholds.GoodBelow.ShouldBeLessThan(thresholds.AcceptableBelow);
            thresholds.Rows.ShouldBeGreaterThanOrEqualTo(EnergyModelTrainer.MinimumTimedRows);
        }
    }

    [Fact]
    public void Describe_Default_ReportsAccuracyAndGainShares()
    {
        var info = models.Predictor.Describe(null);

        info.Device.ShouldBe(DeviceTypes.Default);
        info.Rows.ShouldBe(TrainedModels.JetsonTable.Rows.Count);
        info.Accuracy.Mape.ShouldBeInRange(0.001, 0.3);
        info.Coverage90.ShouldBeInRange(0.8, 1);
        info.Coverage95.ShouldBeInRange(info.Coverage90, 1);
        info.GainImportance.Values.Sum().ShouldBe(1, 1e-9);
        info.Features.ShouldBe(info.GainImportance.Keys);
    }

    [Fact]
    public void Estimate_HotPath_AllocatesNothing()
    {
        var model = models.Predictor.Model("jetson-nano");
        var figures = EnergyManager.Core.Prediction.Features.ModelFigures.Of(TrainedModels.JetsonTable.Rows[0]);
        model.Estimate(figures);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            model.Estimate(figures);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Constructor_TwoModelsOfOneDevice_IsRefused() =>
        Should.Throw<ArgumentException>(() => new EnergyPredictor([models.Jetson, models.Jetson]));
}
