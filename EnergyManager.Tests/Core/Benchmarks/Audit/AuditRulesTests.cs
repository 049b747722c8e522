using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Benchmarks.Audit.Rules;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Tests.Core.Benchmarks.Audit;

/// <summary>Every rule on rows of its kind, figures as published, through the whole auditor.</summary>
public sealed class AuditRulesTests
{
    private const string Header = "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh,energy_std_mwh";

    // A row that no rule has anything to say of: 6.65 W at 500 passes, 4 bytes a parameter, published GMACs.
    private const string Sound = "resnet18,11.69,3.64,1.82,44.68,3x224x224,500,0.0232,21.4,0.2";

    [Fact]
    public void Audit_SoundRow_SaysNothing()
    {
        var result = Audit(Sound);

        var audited = result.Report.Rows.ShouldHaveSingleItem();
        audited.Entries.ShouldBeEmpty();
        (audited.Line, audited.Campaign, audited.Batch, audited.Inferences).ShouldBe((2, "passes-500-b1", 1, 500));
        (audited.Published?.ParamsM, audited.Published?.Gmacs, audited.Published?.ActivationsM).ShouldBe((11.69, 1.82, 2.48));
        var row = result.Rows.Single();
        (row.Inferences, row.Batch, row.Findings, row.Campaign).ShouldBe((500, 1, "", "passes-500-b1"));
        row.ActivationsM.ShouldBe(2.48);
    }

    [Fact]
    public void PermutedColumns_ParametersInGflops_AreSwappedWithOldAndNewValue()
    {
        var result = Audit("resnet50,4.1115,25.557,4.13,97.82,3x224x224,500,0.0810438,68.7472,1.1");

        result.Rows.Single().ParamsM.ShouldBe(25.557);
        var entry = Entry(result, "permuted-columns", AuditVerdict.Repair);
        entry.Changes.ShouldContain(new FieldChange("params_m", "4.1115", "25.557"));
        entry.Evidence.ShouldContain("23.8 bytes");
    }

    [Fact]
    public void PermutedColumns_CountedAtAnotherSize_SetsThatSizeToo()
    {
        var row = Audit("inception_v3,2.8473,23.8346,5.75,91.29,3x299x299,500,0.2406638,218.4489,1.1").Rows.Single();

        (row.ParamsM, row.Gmacs, row.InputWidth, row.InputHeight).ShouldBe((23.8346, 2.8473, 224, 224));
    }

    [Fact]
    public void ParameterCount_QuantisedFileListsFloatTensorsOnly_TakesThePublishedCount()
    {
        var result = Audit("vit_b_p16_r224_int8_qsym,0.781,0.231,17.5,85.28,3x224x224,100,2.73841132,465.329513,1.7");

        result.Rows.Single().ParamsM.ShouldBe(86.57);
        Entry(result, "parameter-count", AuditVerdict.Repair).Changes.ShouldHaveSingleItem().ShouldBe(new FieldChange("params_m", "0.781", "86.57"));
    }

    [Fact]
    public void ParameterCount_SizeFitsNeither_IsAFindingOnly()
    {
        var result = Audit("resnet18,5,3.64,1.82,33,3x224x224,500,0.0232,21.4,0.2");

        result.Rows.Single().ParamsM.ShouldBe(5);
        Entry(result, "parameter-count", AuditVerdict.Finding).Changes.ShouldBeEmpty();
    }

    [Fact]
    public void InputSize_GmacsOfTheNamedSize_SetsTheNamedSize() =>
        Audit("cspresnet50_w1.00_r384_fp16,21.616,20.329,10.165,41.36,3x224x224,100,8.330768714,1357.75,1").Rows.Single().InputWidth.ShouldBe(384);

    [Theory]
    [InlineData(30.566655, 40.743923, 384)]
    [InlineData(13.5, 11.2, 224)]
    public void InputSize_SiblingShowsWhichSizeRan(double seconds, double mwh, int expected)
    {
        var result = Audit(
            "xcit_nano_12_p16_224,3.053,1.221,0.56,11.79,3x224x224,,13.384442,11.12585,0.1",
            Invariant($"xcit_nano_12_p16_384_dist,3.053,1.221,0.56,11.79,3x224x224,,{seconds},{mwh},0.1"));

        result.Rows.Single(r => r.Model.EndsWith("384_dist", StringComparison.Ordinal)).InputWidth.ShouldBe(expected);
        Entry(result, "input-size", expected == 384 ? AuditVerdict.Repair : AuditVerdict.Finding).Evidence.ShouldContain("times as long");
    }

    [Fact]
    public void Gmacs_ImpossibleForTheNetwork_TakesThePublishedFigure()
    {
        var result = Audit("vit_b_p16_r384_fp16,86.859,1.021,0.511,165.7,3x384x384,100,9.131564656,1661.991295,1");

        result.Rows.Single().Gmacs.ShouldBe(55.54);
        Entry(result, "gmacs", AuditVerdict.Repair).Changes.ShouldHaveSingleItem().OldValue.ShouldBe("0.511");
    }

    [Theory]
    [InlineData("4.25")] // another counter, 8 % less
    [InlineData("4.61")]
    public void Gmacs_WithinWhatCountersDiffer_Stay(string gmacs) =>
        Audit($"vit_small_patch16_224,22.05,8.5,{gmacs},84.22,3x224x224,500,0.0886,82.9,0.2").Report.Rows.ShouldHaveSingleItem().Entries.ShouldBeEmpty();

    [Fact]
    public void Gmacs_PrunedNetwork_HasNoPublishedFigure() =>
        Audit("vit_s_p16_r224_fp16_prune40,22.051,5.608,2.804,42.08,3x224x224,50,65.6,5160,1").Rows.Single().Gmacs.ShouldBe(2.804);

    [Fact]
    public void BytesPerParameter_NamedFp16ButStoredAsFp32_IsAFinding() =>
        Entry(Audit("vgg16_bn_w1.00_r224_fp16,138.366,31.041,15.52,527.89,3x224x224,100,1.0202905,211.7,1"), "bytes-per-parameter", AuditVerdict.Finding)
            .Evidence.ShouldContain("3.82 bytes each; fp16 takes 2");

    [Fact]
    public void FailedRun_SameTimeAndEnergyWhateverTheModel_AreExcluded()
    {
        string[] failed =
        [
            "mobilenetv2_075,2.636,0.418,0.209,10.26,3x224x224,100,0.30070107,40.124205,0.4",
            "mnasnet_050,2.219,0.209,0.105,8.64,3x224x224,100,0.297873012,39.969316,0.4",
            "mnasnet_075,3.17,0.431,0.216,12.31,3x224x224,100,0.301116312,40.358284,0.4",
            "efficientnet_lite1,5.417,1.005,0.503,20.99,3x224x224,100,0.298628364,40.15343,0.4",
            "vit_b_p14_r224_fp16,86.58,0.346,0.173,330.49,3x224x224,100,0.308331344,40.117156,0.4",
        ];

        var result = Audit([.. failed, Sound]);

        result.Rows.Single().Model.ShouldBe("resnet18");
        result.Report.RowsExcluded.ShouldBe(5);
        result.Report.Totals.Single(t => t.Code == "failed-run").Exclusions.ShouldBe(5);
    }

    [Fact]
    public void FailedRun_SimilarNetworksThatAgree_Stay() =>
        Audit([.. Enumerable.Range(0, 8).Select(i => Invariant($"net{i},{5 + i},2,1,{4 * (5 + i)},3x224x224,100,0.3,40.{i},0.4"))]).Rows.Count.ShouldBe(8);

    [Fact]
    public void UnstableRepeats_SpreadAboveHalfTheMean_IsExcluded()
    {
        var result = Audit(Sound, "vgg16_bn_w1.00_r256_fp16,138.366,40.554,20.277,263.94,3x256x256,500,2.799990026,2985.274635,4683.3");

        result.Rows.ShouldHaveSingleItem();
        Entry(result, "unstable-repeats", AuditVerdict.Exclusion).Evidence.ShouldContain("4683");
    }

    [Fact]
    public void RepeatMean_RepeatsOfAnotherMeasurement_IsAFindingThatKeepsTheAverage()
    {
        var file = File(
            "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh,energy_run1_mwh,energy_run2_mwh,energy_run3_mwh\n" +
            "inception_v3,2.8473,23.8346,5.75,91.29,3x299x299,500,0.2406638,218.4489,415,417,418\n", "measured.csv");

        var result = new Auditor().Audit(DeviceTypes.JetsonNano, file);

        result.Rows.Single().RunEnergyMwh.ShouldBe(218.4489);
        Entry(result, "repeat-mean", AuditVerdict.Finding).Evidence.ShouldBe("218.45 mWh; the mean of the 3 repeats is 416.67 mWh, 1.91 times as much. Over the row's time that is 6.54 and 12.47 W.");
    }

    [Theory]
    // Two repeats agree: their mean, and the time that mean and deviation of the time column leave for them.
    [InlineData("vgg16_bn_w1.00_r256_fp16,138.366,20.277,263.94,3x256x256,500,2.799990026,2.632286677,2985.274635,4683.267032,280.550675,282.227718,8393.045511", 281.389197, 1.280239, AuditVerdict.Repair)]
    // One power in runs of different length: the means stay.
    [InlineData("vgg16_bn_w1.00_r384_fp16,138.366,45.623,263.94,3x384x384,500,27.7594019,17.4209188,4914.534131,3058.472578,6837.766048,6518.096286,1387.740058", 4914.534131, 27.759402, AuditVerdict.Finding)]
    public void UnstableRepeats_WhatTheRepeatsShowTogether_IsKept(string line, double mwh, double latency, AuditVerdict verdict)
    {
        const string Columns = "model,params_m,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,latency_std_s,energy_avg_mwh,energy_std_mwh,energy_run1_mwh,energy_run2_mwh,energy_run3_mwh";
        var result = new Auditor(ArchitectureReference.Shipped, [new UnstableRepeatsRule()]).Audit(DeviceTypes.JetsonNano, File($"{Columns}\n{line}\n", "measured.csv"));

        var row = result.Rows.Single();
        row.RunEnergyMwh.ShouldBe(mwh, 1e-5);
        (row.RunDurationS / 500).ShouldBe(latency, 1e-5);
        Entry(result, "unstable-repeats", verdict).ShouldNotBeNull();
    }

    [Fact]
    public void IterationCount_CampaignOutsideTheEnvelope_TakesTheUsualCountThatFits()
    {
        var result = Audit(Sound, "densenet169,14.149,6.72,3.36,55.2,3x224x224,500,0.512888668,105.466612,0.4");

        var row = result.Rows.Single(r => r.Model == "densenet169");
        row.RunDurationS.ShouldBe(51.2888668, 1e-9);
        row.AveragePower.Watts.ShouldBe(7.403, 0.001);
        Entry(result, "iteration-count", AuditVerdict.Repair).Changes.ShouldContain(new FieldChange("inferences", "500", "100"));
        row.Inferences.ShouldBeNull("a pass of a campaign whose count was wrong may hold several inferences");
    }

    [Fact]
    public void IterationCount_OneOddRowAmongMany_IsNotACampaign()
    {
        var sound = Enumerable.Range(0, 12).Select(i => Invariant($"net{i},11.69,3.64,1.82,44.68,3x224x224,300,0.0232,{12.8 + 0.1 * i},0.2"));

        var result = Audit([.. sound, "mobilenetv3_small_050,1.59322,0.06,0.03,6.07767,3x224x224,300,0.032072,4.054775,0.04"]);

        result.Report.Totals.Single(t => t.Code == "iteration-count").Repairs.ShouldBe(0);
        Entry(result, "power-envelope", AuditVerdict.Exclusion).Evidence.ShouldBe("1.52 W is outside 1.8-8 W.");
    }

    [Fact]
    public void RunTotal_LatencyOfAWholeRun_BecomesItsDurationWithUnknownCount()
    {
        var result = Audit(DeviceTypes.RaspberryPi5, "resnet50.a1_in1k,25.557,8.267,4.134,97.79,3x224x224,,81.689365,96.636745,0.4");

        var row = result.Rows.Single();
        (row.RunDurationS, row.Inferences, row.LikelyInferences, row.Campaign).ShouldBe((81.689365, null, 500, "run-total-tagged-b1"));
        Entry(result, "run-total", AuditVerdict.Repair).Evidence.ShouldContain("4.26 W");
    }

    [Fact]
    public void RunTotal_NetworksMeasuredBothWays_ShowTheCount()
    {
        string[] known = [.. Networks().Select(n => Invariant($"{n.Name}__b1__224,{n.Params},2,{n.Gmacs},{4 * n.Params},3x224x224,300,{n.Latency},{n.Mwh * 300},0.001"))];
        string[] totals = [.. Networks().Select(n => Invariant($"{n.Name},{n.Params},2,{n.Gmacs},{4 * n.Params},3x224x224,,{n.Latency * 204},{n.Mwh * 197},0.001"))];

        var result = Audit([.. known, .. totals]);

        result.Rows.Where(r => r.Campaign.StartsWith("run-total", StringComparison.Ordinal)).Select(r => r.Inferences).ShouldBe([200, 200, 200]);
    }

    [Fact]
    public void RunTotal_EnergyOfARunBesideALatency_FindsTheOnlyCountThatFits()
    {
        var result = Audit("beit_base_patch16_224,86.53,35.2,17.58,333.75,3x224x224,,0.296103722,287.5,0.9");

        result.Rows.Single().Inferences.ShouldBe(500);
        Entry(result, "run-total", AuditVerdict.Repair).Evidence.ShouldContain("3495 W if the energy were that of one inference");
    }

    [Fact]
    public void RunTotal_SameMeasurementInTheCuratedTable_TakesItsRun()
    {
        var result = Audit("tf_efficientnet_b0,5.28855,0.78,0.39,20.17421,3x224x224,,0.051972,20.340423,0.1");

        var row = result.Rows.Single();
        (row.Inferences, row.Batch, row.Campaign).ShouldBe((300, 1, "passes-300-b1"));
        Entry(result, "run-total", AuditVerdict.Repair).Evidence.ShouldContain("same measurement");
    }

    [Fact]
    public void RunTotal_SeveralCountsFit_IsExcludedBecauseTheDurationIsUnknown() =>
        Entry(Audit("tf_efficientnet_b0,5.28855,0.78,0.39,20.17421,3x224x224,,0.051972,20.35,0.1"), "run-total", AuditVerdict.Exclusion)
            .Evidence.ShouldContain("more than one usual count");

    [Fact]
    public void HiddenBatch_PermutedRowsCostFourTimesAPass_AreBatchFour()
    {
        string[] permuted = [.. Networks().Select(n => Invariant($"{n.Name},{n.Gmacs},{n.Params},{n.Gmacs},{4 * n.Params},3x224x224,500,{4 * n.Latency},{4.1 * n.Mwh * 500},0.1"))];
        string[] known = [.. Networks().Select(n => Invariant($"{n.Name}.tag,{n.Params},2,{n.Gmacs},{4 * n.Params},3x224x224,300,{n.Latency},{n.Mwh * 300},0.1"))];

        var result = Audit([.. permuted, .. known]);

        result.Rows.Where(r => r.Campaign == "passes-500-b4").Select(r => (r.Batch, r.Inferences)).ShouldBe([(4, 500), (4, 500), (4, 500)]);
        Entry(result, "hidden-batch", AuditVerdict.Repair, 0).Changes.ShouldHaveSingleItem().ShouldBe(new FieldChange("batch", "1", "4"));
    }

    [Fact]
    public void HiddenBatch_WrongCountAndSpeedOfEightInputs_IsBatchEight()
    {
        var result = Audit(Sound, "resnet152,60.193,23.1,11.558,229.62,3x224x224,500,1.485,287.51,0.4");

        var row = result.Rows.Single(r => r.Model == "resnet152");
        (row.Batch, row.Inferences, row.Campaign).ShouldBe((8, 100, "passes-100-b8"));
        Entry(result, "hidden-batch", AuditVerdict.Repair).Evidence.ShouldContain("Only batch 8 gives a speed like that of other networks");
    }

    [Theory]
    [InlineData(20, 500, "run-total-b1")]
    [InlineData(6, null, "run-total-other-b1")]
    public void LikelyCount_CampaignThatRanAsLongAsTheTaggedOne_HasItsCountWhereTheRowFits(double seconds, int? expected, string campaign)
    {
        string[] tagged = [.. PiNetworks().Select(n => PiRow($"{n.Name}.a1_in1k", n.Seconds))];
        string[] plain = [.. PiNetworks().Select(n => PiRow(n.Name, n.Seconds * 1.06))];

        var result = Audit(DeviceTypes.RaspberryPi5, [.. tagged, .. plain, PiRow("resnet34", seconds * 2)]);

        var row = result.Rows.Single(r => r.Model == "resnet34");
        (row.Inferences, row.LikelyInferences, row.Campaign).ShouldBe((null, expected, campaign));
        Entry(result, "likely-count", AuditVerdict.Repair, 3).Evidence.ShouldContain("its relatives");
    }

    [Fact]
    public void LikelyCount_CampaignWithOtherDurations_StaysUnknown()
    {
        double[] factors = [2.3, 0.4, 1.5];
        string[] tagged = [.. PiNetworks().Select(n => PiRow($"{n.Name}.a1_in1k", n.Seconds))];
        string[] plain = [.. PiNetworks().Select((n, i) => PiRow(n.Name, n.Seconds * factors[i]))];

        var result = Audit(DeviceTypes.RaspberryPi5, [.. tagged, .. plain]);

        result.Rows.Where(r => !r.Model.Contains('.', StringComparison.Ordinal)).ShouldAllBe(r => r.LikelyInferences == null && r.Inferences == null);
    }

    [Fact]
    public void HiddenBatch_NameStatesIt_IsTakenFromTheName()
    {
        var row = Audit("resnet26t__b4__224,16.01187,5.2,2.6,61.08044,3x224x224,300,0.183819,102.821046,0.1").Rows.Single();

        (row.Batch, row.Inferences).ShouldBe((4, 300));
        row.EnergyPerInference.ShouldNotBeNull().Millijoules.ShouldBe(102.821046 * 3600 / 1200, 1e-9);
    }

    [Fact]
    public void Audit_RowRepeatedInASecondFile_IsTakenOnceFromTheFirst()
    {
        var first = File($"{Header}\n{Sound}\n", "first.csv");
        var second = File($"{Header}\n{Sound}\n", "second.csv");

        var result = new Auditor().Audit(DeviceTypes.JetsonNano, first, second);

        result.Rows.Single().Source.ShouldBe("first.csv");
        (result.Report.RowsRead, result.Report.RowsRepeated, result.Report.RowsKept).ShouldBe((2, 1, 1));
    }

    [Theory]
    [InlineData("jetson-nano")]
    [InlineData("raspberry-pi-5")]
    public void Audit_ItsOwnOutput_ChangesNothing(string id)
    {
        var device = DeviceTypes.All.Single(d => d.Id == id);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        CuratedTableWriter.Write(text, BenchmarkCatalog.Load(device).Rows);

        var again = new Auditor().Audit(device, File(text.ToString(), $"{id}.csv"));
        using var written = new StringWriter(CultureInfo.InvariantCulture);
        CuratedTableWriter.Write(written, again.Rows);

        again.Report.Totals.ShouldAllBe(t => t.Repairs == 0 && t.Exclusions == 0);
        written.ToString().ShouldBe(text.ToString());
        again.Report.Rows.ShouldAllBe(r => r.Source == $"{id}.csv");
    }

    [Fact]
    public void Audit_RowRepeatedInOneFile_SaysWhichLineRepeatsWhich()
    {
        var report = Audit(Sound, "resnet34,21.8,7.34,3.67,83.3,3x224x224,500,0.045,41.5,0.2", Sound).Report;

        report.Repeated.ShouldHaveSingleItem().ShouldBe(new RepeatedRow("measured.csv", 4, "resnet18", "measured.csv", 2));
        (report.RowsRead, report.RowsRepeated, report.RowsKept).ShouldBe((3, 1, 2));
    }

    [Fact]
    public void MeasuredTwice_SameModelWithOtherFigures_NamesTheOtherLine()
    {
        var result = Audit(Sound, "hf_hub:timm/resnet18,11.69,3.64,1.82,44.68,3x224x224,500,0.0232,22.47,0.2");

        result.Rows.ShouldAllBe(r => r.Findings == "measured-twice");
        Entry(result, "measured-twice", AuditVerdict.Finding, 0).Evidence.ShouldBe("Line 3 of measured.csv (hf_hub:timm/resnet18) is the same model with 1.050 times this energy and 1.000 times this time.");
    }

    [Fact]
    public void Report_CampaignsAndEnvelope_SayWhatWasMeasuredAndWhatIsPossible()
    {
        var report = Audit(Sound, "resnet26t__b4__224,16.01187,5.2,2.6,61.08044,3x224x224,300,0.183819,102.821046,0.1").Report;

        report.Campaigns.Select(c => (c.Campaign, c.Rows, c.RowsWithCount)).ShouldBe([("passes-300-b4", 1, 1), ("passes-500-b1", 1, 1)]);
        report.Campaigns[1].MedianPowerW.ShouldBe(6.641, 1e-3);
        (report.Envelope.MinimumPowerW, report.Envelope.MaximumPowerW).ShouldBe((1.8, 8));
        report.Envelope.PeakGmacsPerSecond.ShouldNotBeNull().ShouldBe(117.96, 0.01);
    }

    [Fact]
    public void Rules_AllHaveAUniqueCodeANameAndAReason()
    {
        AuditRules.All.Select(r => r.Code).ShouldBeUnique();
        AuditRules.All.ShouldAllBe(r => r.Name.Length > 0 && r.Reason.Length > 40);
    }

    private static (string Name, double Params, double Gmacs, double Latency, double Mwh)[] Networks() =>
        [("alpha", 20, 4.0, 0.1, 0.16), ("beta", 25, 5.0, 0.12, 0.2), ("gamma", 30, 3.0, 0.08, 0.12)];

    private static (string Name, double Seconds)[] PiNetworks() => [("resnet18", 22), ("resnet26", 50), ("resnet50", 80)];

    // 4 W, whatever the network.
    private static string PiRow(string name, double seconds) => Invariant($"{name},20,4,2,80,3x224x224,,{seconds},{seconds * 4 / 3.6},0.1");

    private static AuditResult Audit(params string[] rows) => Audit(DeviceTypes.JetsonNano, rows);

    private static AuditResult Audit(DeviceType device, params string[] rows) =>
        new Auditor().Audit(device, File($"{Header}\n{string.Join('\n', rows)}\n", "measured.csv"));

    private static BenchmarkFile File(string text, string name) => BenchmarkReader.Read(new StringReader(text), name);

    private static AuditEntry Entry(AuditResult result, string code, AuditVerdict verdict, int? row = null)
    {
        var entries = result.Report.Rows.SelectMany(r => r.Entries).Where(e => e.Code == code && e.Verdict == verdict).ToList();
        return row is { } index ? entries[index] : entries.ShouldHaveSingleItem();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
