using System.Text.Json;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Units;
using Google.Protobuf;

namespace EnergyManager.Core.Prediction.Export;

/// <summary>
/// Writes a trained model as one ONNX file with everything that is between the figures of a network and its energy: features,
/// trees, limits of the board, units. Any runtime that has ai.onnx.ml 3 evaluates it.
/// </summary>
/// <remarks>
/// Inputs and outputs are 64-bit floats [rows, 1]; a figure that is not known is NaN. The inputs are those of
/// <see cref="ModelFigures"/> in snake_case, as far as the mode uses them, and <c>inferences</c> of the run.
/// </remarks>
public static class PredictorExporter
{
    /// <summary>Output: average power in W, whole board.</summary>
    public const string Power = "avg_power_w";

    /// <summary>Output: seconds of one inference; NaN where a run of unknown count is all that is known.</summary>
    public const string Latency = "latency_avg_s";

    /// <summary>Output: energy of the run in mWh.</summary>
    public const string RunEnergy = "run_energy_mwh";

    /// <summary>Output: energy of one inference in mJ.</summary>
    public const string EnergyPerInference = "energy_per_inference_mj";

    /// <summary>Input: inferences of the run; needed for its energy where its duration is not given.</summary>
    public const string Inferences = "inferences";

    private const int IrVersion = 8;
    private const double JoulesPerMilliwattHour = 3.6;
    private const double MillijoulesPerJoule = 1000;

    /// <summary>The bytes of the file of a model as it predicts.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mode">As of the other overload.</param>
    /// <exception cref="PredictionRefusedException">The model is not one of trees alone.</exception>
    public static byte[] Write(IDeviceEnergyModel model, PredictionMode mode) => model is DeviceEnergyModel trees
        ? Write(trees.Artifact, trees.Device, mode)
        : throw new PredictionRefusedException(
            "device_type", $"The model of {model.Device.Id} corrects that of another board by a few measurements and has no file of its own: export a board with a full table.");

    /// <summary>The bytes of the file. The same model gives the same bytes.</summary>
    /// <param name="artifact">What was trained.</param>
    /// <param name="device">The device type, whose limits the predicted power keeps.</param>
    /// <param name="mode">
    /// <see cref="PredictionMode.MeasuredLatency"/>: for networks that ran on the device, given by latency or duration of a run.
    /// <see cref="PredictionMode.Static"/>: for networks that did not.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">Another mode.</exception>
    public static byte[] Write(EnergyModelArtifact artifact, DeviceType device, PredictionMode mode)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        ArgumentNullException.ThrowIfNull(device);
        var graph = new ArithmeticGraph($"energy_{device.Id}_{Word(mode)}");
        var figures = new FigureColumns(graph);
        if (mode == PredictionMode.MeasuredLatency)
            WriteMeasured(graph, figures, artifact.Forests, device);
        else
            WriteStatic(graph, figures, artifact.Forests, device);

        var model = new ModelProto { IrVersion = IrVersion, ProducerName = ModelSynthesizer.Producer, DocString = Describe(artifact, device, mode), Graph = graph.Graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = ArithmeticGraph.Opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = ArithmeticGraph.TreeDomain, Version = ArithmeticGraph.TreeOpset });
        model.MetadataProps.AddRange(Metadata(artifact, device, mode).Select(entry => new StringStringEntryProto { Key = $"energymanager.{entry.Key}", Value = entry.Value }));
        return model.ToByteArray();
    }

    private static void WriteMeasured(ArithmeticGraph graph, FigureColumns given, EnergyForests forests, DeviceType device)
    {
        var (latency, duration) = (given[Figure.LatencyPerInputS], given[Figure.RunDurationS]);
        // As in EnergyForests: a run of unknown count is taken as having the usual count that comes nearest to its speed.
        var implied = latency.IsMissing().And(duration.IsMissing().Not());
        var count = duration / LogLatency(graph, given, forests).Exp();
        var usual = graph.Nearest((count / graph.Numbers(forests.RunCounts)).Log().Abs(), forests.RunCounts);
        var completed = given.With(
            (Figure.LatencyS, implied.Choose(duration / usual, given[Figure.LatencyS])),
            (Figure.Batch, implied.Choose(graph.Number(1), given[Figure.Batch])),
            (Figure.RunDurationS, duration.IsMissing().Choose(latency * graph.Number(StandardRun.Inferences), duration)));

        // The level of a campaign of the table, or NaN for a set-up that is not known.
        var watts = Watts(
            given[Figure.CampaignLevel].IsMissing().Choose(
                graph.Trees(forests.Power, completed.Row(FeatureSet.Measured)),
                graph.Trees(forests.CampaignPower, completed.Row(FeatureSet.MeasuredInCampaign))),
            device);
        var neither = given[Figure.LatencyS].IsMissing().And(duration.IsMissing());
        var inferences = graph.Input(Inferences);
        WriteOutputs(
            graph,
            neither.Choose(graph.Number(double.NaN), watts),
            latency,
            duration.IsMissing().Choose(latency * inferences, duration));
    }

    private static void WriteStatic(ArithmeticGraph graph, FigureColumns given, EnergyForests forests, DeviceType device)
    {
        var features = given.Row(FeatureSet.Static);
        var watts = Watts(IsUnnamed(given).Choose(graph.Trees(forests.UnnamedPower, features), graph.Trees(forests.StaticPower, features)), device);
        var latency = LogLatency(graph, given, forests).Exp();
        WriteOutputs(graph, watts, latency, latency * graph.Input(Inferences));
    }

    /// <summary>The trees give ln of seconds per GMAC.</summary>
    private static Column LogLatency(ArithmeticGraph graph, FigureColumns figures, EnergyForests forests)
    {
        var features = figures.Row(FeatureSet.Static);
        var pace = IsUnnamed(figures).Choose(graph.Trees(forests.UnnamedLatency, features), graph.Trees(forests.StaticLatency, features));
        return figures.Logarithm(Figure.Gmacs) + pace;
    }

    /// <summary>As <see cref="ModelFigures.IsNamed"/>, turned round.</summary>
    private static Column IsUnnamed(FigureColumns figures) =>
        figures[Figure.BlockKind].IsMissing().And(figures[Figure.ReferenceCpuMs].IsMissing()).And(figures[Figure.ReferenceGpuMs].IsMissing());

    private static Column Watts(Column logWatts, DeviceType device) => logWatts.Exp().Clamp(device.MinimumPower.Watts, device.MaximumPower.Watts);

    private static void WriteOutputs(ArithmeticGraph graph, Column watts, Column latency, Column duration)
    {
        graph.Output(Power, watts);
        graph.Output(Latency, latency);
        graph.Output(RunEnergy, watts * duration / graph.Number(JoulesPerMilliwattHour));
        graph.Output(EnergyPerInference, watts * latency * graph.Number(MillijoulesPerJoule));
    }

    private static string Describe(EnergyModelArtifact artifact, DeviceType device, PredictionMode mode) =>
        $"Predicts power and energy of neural networks on {device.Name}, {(mode == PredictionMode.Static ? "which have not run there" : "which ran there")}. "
        + $"Trained on {artifact.Rows} measured rows. A figure that is not known is NaN.";

    private static IEnumerable<(string Key, string Value)> Metadata(EnergyModelArtifact artifact, DeviceType device, PredictionMode mode) =>
    [
        ("predictor_version", artifact.Version),
        ("device_type", device.Id),
        ("mode", Word(mode)),
        ("table_sha256", artifact.TableSha256),
        ("options_sha256", artifact.OptionsSha256),
        ("units", "params_m 10^6, gmacs 10^9 of one inference, size_mb 10^6 bytes, activations_m 10^6 of one inference, *_ms ms, *_s s, *_w W, *_mwh mWh, *_mj mJ"),
        ("block_kind", string.Join(", ", Enum.GetValues<BlockKind>().Where(kind => kind != BlockKind.Unknown).Select(kind => $"{(int)kind} {Snake(kind)}"))),
        ("campaign_level", string.Join(", ", artifact.Forests.Campaigns.Select((campaign, level) => $"{level} {campaign}"))),
        ("missing", "NaN"),
    ];

    private static string Word(PredictionMode mode) => mode switch
    {
        PredictionMode.MeasuredLatency => "measured",
        PredictionMode.Static => "static",
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Only the measured and the static mode can be exported."),
    };

    private static string Snake(BlockKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());
}
