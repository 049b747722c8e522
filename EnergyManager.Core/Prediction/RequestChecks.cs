using System.Globalization;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction.Features;
using EnergyManager.Core.Prediction.Intervals;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// Refuses figures from which no prediction can be made. The upper bounds are far above any model that an edge board runs;
/// they catch wrong units (parameters instead of millions of them), not large models.
/// </summary>
internal static class RequestChecks
{
    private const double GreatestParamsM = 100_000;
    private const double GreatestGmacs = 100_000;
    private const double GreatestSizeMb = 1_000_000;
    private const double GreatestLatencyS = 86_400;
    private const double GreatestDurationS = 30 * 86_400;
    private const int GreatestInferences = 1_000_000_000;
    private const int GreatestSide = 16_384;

    // Rounded figures and the start of a run differ by this much; more is a contradiction.
    private const double DurationTolerance = 0.2;

    public static DeviceTypeResolution Resolve(DeviceTypeCatalog catalog, string? deviceType) =>
        catalog.TryResolve(deviceType, out var resolution)
            ? resolution
            : throw new PredictionRefusedException("device_type", $"'{Shorten(deviceType!)}' is not a known device type. Use one of: {catalog.AcceptedNames}.");

    public static void Check(PredictionRequest request)
    {
        Positive("params_m", request.ParamsM, GreatestParamsM, "millions of parameters");
        Positive("gmacs", request.Gmacs, GreatestGmacs, "billions of multiply-accumulates of one inference");
        Positive("size_mb", request.SizeMb, GreatestSizeMb, "MB");
        Positive("latency_avg_s", request.LatencyS ?? 1, GreatestLatencyS, "seconds of one inference");
        Positive("run_duration_s", request.RunDurationS ?? 1, GreatestDurationS, "seconds of the whole run");
        Positive("activations_m", request.ActivationsM ?? 1, GreatestSizeMb, "millions of activations");
        Positive("inferences", request.Inferences, GreatestInferences, "inferences of the run");
        Positive("input_size", request.InputWidth, GreatestSide, "pixels of width");
        Positive("input_size", request.InputHeight, GreatestSide, "pixels of height");
        if (request.Precision is { } precision && !Enum.IsDefined(precision))
            throw new PredictionRefusedException("precision", $"'{precision}' is not a precision. Use fp32, fp16 or int8.");
        if (request is { LatencyS: { } latency, RunDurationS: { } duration } && Math.Abs(Math.Log(duration / (latency * request.Inferences))) > DurationTolerance)
        {
            throw new PredictionRefusedException("run_duration_s", string.Create(CultureInfo.InvariantCulture,
                $"{duration} s is not {request.Inferences} inferences of {latency} s. Leave out run_duration_s or latency_avg_s, or give the true number of inferences."));
        }
    }

    /// <summary>Refuses a run that is faster than the board can compute.</summary>
    public static void CheckSpeed(PredictionRequest request, in ModelFigures figures, DeviceTypeResolution device)
    {
        // A host that only borrows the board's table may be faster.
        if (device.Note is not null || device.Device.Peak is not { } peak)
            return;
        var (speed, greatest) = (figures.Gmacs / figures.LatencyPerInputS, peak.Greatest(figures.Precision));
        if (!(speed > greatest))
            return;
        throw new PredictionRefusedException(request.LatencyS is null ? "run_duration_s" : "latency_avg_s", string.Create(CultureInfo.InvariantCulture,
            $"{figures.Gmacs:0.####} GMACs in {figures.LatencyPerInputS:G4} s are {speed:0} GMACs/s; the {device.Device.Name} cannot compute more than {greatest:0}. Give the seconds of one inference, and the GMACs of that inference."))
        {
            IsImplausible = true,
        };
    }

    /// <summary>Refuses a model that nothing measured resembles.</summary>
    public static void CheckDistance(OutOfDistribution distance, DeviceTypeResolution device)
    {
        if (distance.Score <= TrainingDistribution.RefusalScore)
            return;
        throw new PredictionRefusedException(distance.Field ?? "", string.Create(CultureInfo.InvariantCulture,
            $"Too far from every model measured on the {device.Device.Name} to be predicted (score {distance.Score:0.0}; refused beyond {TrainingDistribution.RefusalScore:0}): {distance.Reason}. Check the units, or measure the model on the board."))
        {
            IsImplausible = true,
        };
    }

    /// <summary>Refuses a campaign that the board's table does not have: its level of power is not known.</summary>
    public static void CheckCampaign(PredictionRequest request, EnergyModelInfo model)
    {
        if (request.Campaign is not { } campaign || model.Campaigns.Contains(campaign, StringComparer.Ordinal))
            return;
        throw new PredictionRefusedException("campaign", model.Campaigns.Count > 0
            ? $"'{Shorten(campaign)}' is not a campaign of {model.Device.Id}. Leave it out, or use one of: {string.Join(", ", model.Campaigns)}."
            : $"{model.Device.Id} has no campaigns to choose from. Leave campaign out.");
    }

    private static void Positive(string field, double value, double greatest, string unit)
    {
        if (!double.IsFinite(value) || value <= 0)
            throw new PredictionRefusedException(field, string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; give a finite number greater than 0 ({unit})."));
        if (value > greatest)
            throw new PredictionRefusedException(field, string.Create(CultureInfo.InvariantCulture, $"{field} is {value}; at most {greatest} {unit} are accepted. Check the unit."));
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
