using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Boosting;
using EnergyManager.Core.Prediction.Export;
using EnergyManager.Core.Prediction.Features;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Core.Prediction.Export;

/// <summary>What ONNX Runtime makes of the exported file, against the predictor itself.</summary>
public sealed class PredictorExporterTests(TrainedModels models, ITestOutputHelper output) : IClassFixture<TrainedModels>
{
    private const double Tolerance = 1e-5;
    private const int RandomRows = 3000;

    public static TheoryData<string, PredictionMode> Cases => new()
    {
        { DeviceTypes.JetsonNano.Id, PredictionMode.MeasuredLatency },
        { DeviceTypes.JetsonNano.Id, PredictionMode.Static },
        { DeviceTypes.RaspberryPi5.Id, PredictionMode.MeasuredLatency },
        { DeviceTypes.RaspberryPi5.Id, PredictionMode.Static },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Write_RowsOfTheTableAndRandomOnes_AreEvaluatedAsByThePredictor(string deviceId, PredictionMode mode)
    {
        var (artifact, device) = Model(deviceId);
        var isStatic = mode == PredictionMode.Static;
        ModelFigures[] rows =
        [
            .. BenchmarkCatalog.Load(device).Rows.Select(ModelFigures.Of).Select(figures => isStatic ? NotRun(figures) : figures)
                .Select((figures, i) => i % 2 == 0 ? InCampaign(figures, artifact) : figures with { Campaign = null }),
            .. Random(isStatic, seed: 5),
        ];
        double[] inferences = [.. rows.Select((_, i) => 100.0 + i)];
        using var session = new InferenceSession(PredictorExporter.Write(artifact, device, mode));

        var results = Evaluate(session, rows, inferences);

        var predictor = new DeviceEnergyModel(artifact, device);
        var worst = 0.0;
        for (var i = 0; i < rows.Length; i++)
        {
            var estimate = predictor.Estimate(rows[i]);
            var durationS = !isStatic && !double.IsNaN(rows[i].RunDurationS) ? rows[i].RunDurationS : estimate.LatencyS * inferences[i];
            Compare(PredictorExporter.Power, estimate.Watts);
            Compare(PredictorExporter.Latency, estimate.LatencyS);
            Compare(PredictorExporter.RunEnergy, estimate.Watts * durationS / 3.6);
            Compare(PredictorExporter.EnergyPerInference, estimate.Watts * estimate.LatencyS * 1000);

            void Compare(string name, double expected)
            {
                double.IsNaN(results[name][i]).ShouldBe(double.IsNaN(expected), $"{name} of row {i}: {rows[i]}");
                if (double.IsNaN(expected))
                    return;
                var difference = Math.Abs(results[name][i] / expected - 1);
                difference.ShouldBeLessThan(Tolerance, $"{name} of row {i}: {rows[i]}");
                worst = Math.Max(worst, difference);
            }
        }

        output.WriteLine($"{deviceId}, {mode}: largest relative difference of {rows.Length} rows {worst:0.0e0}");
    }

    [Fact]
    public void Write_ValueExactlyAtAThreshold_GoesTheSameWay()
    {
        // Thresholds that a 32-bit float cannot hold, and a row on each of them and next to it.
        double[] thresholds = [0.1, 1.0 / 3, Math.PI];
        TreeNode[] nodes =
        [
            .. thresholds.SelectMany((threshold, tree) => (TreeNode[])
                [new(threshold, (tree * 3) + 2, 0, MissingLeft: tree == 1), TreeNode.Leaf(1 << tree), TreeNode.Leaf(-(1 << tree))]),
        ];
        var forest = new RegressionForest(0.5, nodes, new int[9], [0, 3, 6], [1]);
        var graph = new ArithmeticGraph("trees");
        graph.Output("y", graph.Trees(forest, graph.Input("x")));
        double[] values = [.. thresholds.SelectMany(t => (double[])[t, Math.BitIncrement(t), Math.BitDecrement(t)]), double.NaN, double.NegativeInfinity, 1e300];
        using var session = new InferenceSession(ModelBytes(graph));

        var results = Run(session, new() { ["x"] = values })["y"];

        results.ShouldBe(values.Select(value => forest.Predict([value])));
    }

    [Fact]
    public void Write_MeasuredModeWithoutARun_GivesNothing()
    {
        using var session = new InferenceSession(PredictorExporter.Write(models.Pi, DeviceTypes.RaspberryPi5, PredictionMode.MeasuredLatency));

        var results = Evaluate(session, [Random(isStatic: true, seed: 1).First()], [500]);

        results.Values.ShouldAllBe(values => double.IsNaN(values[0]));
    }

    [Fact]
    public void Write_File_SaysWhatItIsAndIsTheSameEveryTime()
    {
        var bytes = PredictorExporter.Write(models.Jetson, DeviceTypes.JetsonNano, PredictionMode.Static);

        PredictorExporter.Write(models.Jetson, DeviceTypes.JetsonNano, PredictionMode.Static).ShouldBe(bytes);
        using var session = new InferenceSession(bytes);
        var metadata = session.ModelMetadata.CustomMetadataMap;
        metadata["energymanager.predictor_version"].ShouldBe(models.Jetson.Version);
        metadata["energymanager.device_type"].ShouldBe(DeviceTypes.JetsonNano.Id);
        metadata["energymanager.mode"].ShouldBe("static");
        metadata["energymanager.table_sha256"].ShouldBe(models.Jetson.TableSha256);
        metadata["energymanager.units"].ShouldContain("mWh");
        session.InputMetadata.Keys.ShouldContain("params_m");
        session.InputMetadata.Keys.ShouldNotContain("latency_s");
        session.InputMetadata.Values.ShouldAllBe(input => input.ElementType == typeof(double));
        session.OutputMetadata.Keys.ShouldBe(["avg_power_w", "latency_avg_s", "run_energy_mwh", "energy_per_inference_mj"], ignoreOrder: true);
    }

    [Fact]
    public void Write_CalibratedMode_IsRefused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => PredictorExporter.Write(models.Pi, DeviceTypes.RaspberryPi5, PredictionMode.Calibrated));

    [Fact]
    public void Inspect_ExportedPredictor_NamesTheTreesAsNotCounted()
    {
        var bytes = PredictorExporter.Write(models.Pi, DeviceTypes.RaspberryPi5, PredictionMode.Static);

        var inspection = OnnxInspector.Inspect(new MemoryStream(bytes), new InspectorLimits(), CancellationToken.None);

        inspection.Unresolved.ShouldContain("ai.onnx.ml.TreeEnsembleRegressor: this operator is not known");
        inspection.Complete.ShouldBeFalse();
    }

    private (EnergyModelArtifact Artifact, DeviceType Device) Model(string deviceId) =>
        deviceId == DeviceTypes.JetsonNano.Id ? (models.Jetson, DeviceTypes.JetsonNano) : (models.Pi, DeviceTypes.RaspberryPi5);

    /// <summary>The file takes the level of a campaign, the predictor its name.</summary>
    private static ModelFigures InCampaign(ModelFigures figures, EnergyModelArtifact artifact) =>
        figures with { CampaignLevel = Array.IndexOf(artifact.Forests.Campaigns, figures.Campaign) is >= 0 and var level ? level : double.NaN };

    private static ModelFigures NotRun(ModelFigures figures) => figures with { LatencyS = double.NaN, RunDurationS = double.NaN };

    /// <summary>Networks of any size, of which everything that may be unknown is unknown at times.</summary>
    private static IEnumerable<ModelFigures> Random(bool isStatic, int seed)
    {
        var random = new Random(seed);
        var run = 0;
        for (var i = 0; i < RandomRows; i++)
        {
            var latency = Spread(1e-3, 5);
            run = (run + 1) % 3;
            yield return new ModelFigures
            {
                ParamsM = Spread(0.1, 500),
                Gmacs = Spread(0.01, 100),
                SizeMb = Spread(0.2, 2000),
                Pixels = Spread(32 * 32, 600 * 600),
                Precision = (Precision)random.Next(3),
                Blocks = (BlockKind)random.Next(6),
                IsTagged = Perhaps(random.Next(2)),
                Batch = Perhaps(random.Next(1, 9)),
                ActivationsM = Perhaps(Spread(0.1, 300)),
                ReferenceCpuMs = Perhaps(Spread(1, 2000)),
                ReferenceGpuMs = Perhaps(Spread(0.01, 10)),
                // Latency alone, a run of unknown count, or both.
                LatencyS = isStatic || run == 0 ? double.NaN : latency,
                RunDurationS = isStatic || run == 1 ? double.NaN : latency * Spread(20, 2000),
            };
        }

        double Spread(double least, double most) => least * Math.Pow(most / least, random.NextDouble());

        double Perhaps(double value) => random.Next(4) == 0 ? double.NaN : value;
    }

    private static Dictionary<string, double[]> Evaluate(InferenceSession session, IReadOnlyList<ModelFigures> rows, double[] inferences)
    {
        var columns = Enum.GetValues<Figure>().ToDictionary(FigureColumns.NameOf, figure => rows.Select(row => row.Value(figure)).ToArray(), StringComparer.Ordinal);
        columns[PredictorExporter.Inferences] = inferences;
        return Run(session, columns);
    }

    private static Dictionary<string, double[]> Run(InferenceSession session, Dictionary<string, double[]> columns)
    {
        using var results = session.Run([
            .. session.InputMetadata.Keys.Select(name => NamedOnnxValue.CreateFromTensor(name, new DenseTensor<double>(columns[name], [columns[name].Length, 1]))),
        ]);
        return results.ToDictionary(result => result.Name, result => result.AsEnumerable<double>().ToArray(), StringComparer.Ordinal);
    }

    private static byte[] ModelBytes(ArithmeticGraph graph)
    {
        var model = new EnergyManager.Core.Onnx.Format.ModelProto { IrVersion = 8, Graph = graph.Graph };
        model.OpsetImport.Add(new EnergyManager.Core.Onnx.Format.OperatorSetIdProto { Version = ArithmeticGraph.Opset });
        model.OpsetImport.Add(new EnergyManager.Core.Onnx.Format.OperatorSetIdProto { Domain = ArithmeticGraph.TreeDomain, Version = ArithmeticGraph.TreeOpset });
        return Google.Protobuf.MessageExtensions.ToByteArray(model);
    }
}
