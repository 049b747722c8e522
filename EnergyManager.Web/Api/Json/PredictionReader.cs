using System.Globalization;
using System.Text.Json;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Api.Http;

namespace EnergyManager.Web.Api.Json;

/// <summary>A prediction request with what was assumed while reading it.</summary>
internal sealed record ReadPrediction(PredictionRequest Request, IReadOnlyList<string> Notes)
{
    /// <summary>Device to predict for, or <c>null</c> for any of the type.</summary>
    public string? DeviceId { get; init; }
}

/// <summary>
/// Reads one item of <c>POST /api/predict-energy</c>, for example
/// <c>{"params_m":5.0,"gflops":1.5,"gmacs":0.75,"size_mb":20.0,"latency_avg_s":0.05,"throughput_iter_per_s":20.0}</c>.
/// </summary>
internal static class PredictionReader
{
    public const int MaximumInferences = 100_000_000;
    private const int MaximumPixels = 8192;

    /// <summary>Figures that differ by more than this contradict each other; less is rounding.</summary>
    private const double Tolerance = 0.1;

    /// <summary>The request, or <c>null</c> with the reasons in <paramref name="errors"/>.</summary>
    public static ReadPrediction? Read(JsonElement item, DeviceTypeCatalog catalog, FieldErrors errors, string prefix = "")
    {
        var fields = new JsonFields(item, errors, prefix);
        if (!fields.IsObject)
            return null;
        List<string> notes = [];
        var request = new
        {
            ParamsM = Required(fields, "params_m", "millions"),
            SizeMb = Required(fields, "size_mb", "MB"),
            Gmacs = Gmacs(fields, notes),
            DeviceType = DeviceType(fields, catalog, notes),
            ModelName = fields.Text("model_name"),
            DeviceId = fields.Text("device_id"),
            InputSize = InputSize(fields),
            Precision = ReadPrecision(fields),
            ActivationsM = fields.Positive("activations_m", "millions of activations"),
            Campaign = fields.Text("campaign"),
            Run = Run(fields, notes),
        };
        notes.AddRange(fields.Unknown.Take(10).Select(name => $"{Shorten(name)}: not a field of this request, ignored."));
        if (request is not { ParamsM: { } paramsM, SizeMb: { } sizeMb, Gmacs: { } gmacs, Run: { } run, InputSize: { } input } || errors.Any)
            return null;
        return new ReadPrediction(
            new PredictionRequest
            {
                DeviceType = request.DeviceType,
                ModelName = request.ModelName,
                ParamsM = paramsM,
                Gmacs = gmacs,
                SizeMb = sizeMb,
                LatencyS = run.LatencyS,
                InputWidth = input.Width,
                InputHeight = input.Height,
                Precision = request.Precision,
                Inferences = run.Inferences,
                RunDurationS = run.DurationS,
                ActivationsM = request.ActivationsM,
                Campaign = request.Campaign,
            },
            notes)
        {
            DeviceId = request.DeviceId,
        };
    }

    /// <summary>Reads a device type, and notes when another table answers.</summary>
    public static string? DeviceType(JsonFields fields, DeviceTypeCatalog catalog, List<string> notes)
    {
        if (fields.Text("device_type") is not { } text)
            return null;
        if (!catalog.TryResolve(text, out var resolution))
        {
            fields.Fail("device_type", $"'{text}' is unknown. Accepted: {catalog.AcceptedNames}.");
            return null;
        }

        if (resolution.Note is { } note)
            notes.Add(note);
        return text;
    }

    private static double? Required(JsonFields fields, string field, string unit)
    {
        if (!fields.TryGet(field, out _))
            fields.Fail(field, $"This field is needed: a number greater than 0 ({unit}).");
        return fields.Positive(field, unit);
    }

    // The published tables count 1 MAC as 2 FLOPs.
    private static double? Gmacs(JsonFields fields, List<string> notes)
    {
        var hasGmacs = fields.TryGet("gmacs", out _);
        var hasGflops = fields.TryGet("gflops", out _);
        var gmacs = fields.Positive("gmacs", "billions of multiply-accumulates");
        var gflops = fields.Positive("gflops", "billions of operations");
        if (hasGmacs)
        {
            if (gmacs is { } given && gflops is { } operations && Contradicts(operations, 2 * given))
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture, $"gflops ({operations:0.####}) is not 2 x gmacs ({given:0.####}): gmacs was used."));
            }

            return gmacs;
        }

        if (!hasGflops)
            fields.Fail("gmacs", "One of gmacs and gflops is needed: a number greater than 0 (billions).");
        if (gflops is { } only)
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"gmacs was taken as gflops / 2 = {only / 2:0.####}."));
        return gflops / 2;
    }

    private sealed record RunFigures(double? LatencyS, double? DurationS, int Inferences);

    private static RunFigures? Run(JsonFields fields, List<string> notes)
    {
        var latency = fields.Positive("latency_avg_s", "seconds");
        var throughput = fields.Positive("throughput_iter_per_s", "inferences a second");
        var inferences = fields.Count("inferences", MaximumInferences);
        var duration = fields.Positive("run_duration_s", "seconds");
        if (latency is { } given && throughput is { } rate && Contradicts(rate, 1 / given))
            notes.Add("throughput_iter_per_s is not 1 / latency_avg_s: latency_avg_s was used.");
        if (latency is null && throughput is { } onlyRate)
        {
            latency = 1 / onlyRate;
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"latency_avg_s was taken as 1 / throughput_iter_per_s = {latency:0.######}."));
        }

        if (duration is { } run && latency is { } each)
        {
            if (inferences is null && run / each is var count and <= MaximumInferences)
            {
                inferences = Math.Max(1, (int)Math.Round(count));
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"inferences was taken as run_duration_s / latency_avg_s = {inferences}."));
            }
            else if (inferences is { } counted && Contradicts(run, each * counted))
            {
                notes.Add("run_duration_s is not latency_avg_s x inferences: run_duration_s gives the energy, and the latency that it implies was used.");
                latency = run / counted;
            }
        }
        else if (duration is not null && inferences is null)
        {
            notes.Add("inferences is missing: run_duration_s was taken as the duration of the standard run.");
        }

        return new RunFigures(latency, duration, inferences ?? Core.Units.StandardRun.Inferences);
    }

    private sealed record Pixels(int Width, int Height);

    // "3x224x224", "224x224", "224", 224, [3,224,224] or [224,224]; height comes before width.
    private static Pixels? InputSize(JsonFields fields)
    {
        if (!fields.TryGet("input_size", out var value))
            return new Pixels(224, 224);
        var parts = value.ValueKind switch
        {
            JsonValueKind.Number => [value.GetRawText()],
            JsonValueKind.String => (fields.Text("input_size", 64) ?? "").Split(['x', 'X', '*', ','], StringSplitOptions.TrimEntries),
            JsonValueKind.Array => [.. value.EnumerateArray().Take(5).Select(e => e.GetRawText())],
            _ => [],
        };
        var sizes = new List<int>();
        foreach (var part in parts)
        {
            if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size is >= 1 and <= MaximumPixels)
                sizes.Add(size);
        }

        if (sizes.Count == parts.Length)
        {
            switch (sizes)
            {
                case [var side]:
                    return new Pixels(side, side);
                case [var height, var width]:
                    return new Pixels(width, height);
                // Batch and channels before the pixels, or channels after them.
                case [var channels, var height, var width] when channels <= 4:
                    return new Pixels(width, height);
                case [var height, var width, <= 4]:
                    return new Pixels(width, height);
                case [1, <= 4, var height, var width]:
                    return new Pixels(width, height);
                default:
                    break;
            }
        }

        fields.Fail("input_size", $"Give pixels as \"3x224x224\", \"224x224\" or 224, each from 1 to {MaximumPixels}.");
        return null;
    }

    private static Precision? ReadPrecision(JsonFields fields)
    {
        switch (fields.Text("precision", 32)?.ToLowerInvariant())
        {
            case null:
                return null;
            case "fp32" or "float32":
                return Precision.Fp32;
            case "fp16" or "float16" or "half":
                return Precision.Fp16;
            case "int8" or "uint8":
                return Precision.Int8;
            default:
                fields.Fail("precision", "Give fp32, fp16 or int8.");
                return null;
        }
    }

    private static bool Contradicts(double left, double right) => Math.Abs(left - right) > Tolerance * Math.Max(left, right);

    private static string Shorten(string name) => name.Length <= 40 ? name : name[..40] + "...";
}
