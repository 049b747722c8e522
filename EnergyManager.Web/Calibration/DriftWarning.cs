using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Web.Calibration;

/// <summary>What drifted.</summary>
[JsonConverter(typeof(DriftKindJsonConverter))]
public enum DriftKind
{
    /// <summary>Energy per inference.</summary>
    Energy,

    /// <summary>Latency of one inference.</summary>
    Latency,
}

/// <summary>A device that measures, for some minutes, what its prediction says it should not.</summary>
public sealed record DriftWarning
{
    public required DriftKind Kind { get; init; }

    public required string Model { get; init; }

    /// <summary>Start of the first window that it rests on.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Unit of the figures: <c>mJ</c> for an inference, or <c>ms</c>.</summary>
    public required string Unit { get; init; }

    /// <summary>Median of the newest windows.</summary>
    public required double Measured { get; init; }

    /// <summary>Windows of a minute that the median is of.</summary>
    public required int Windows { get; init; }

    public required double Predicted { get; init; }

    /// <summary>Lower bound of the 90 % interval.</summary>
    public required double Low { get; init; }

    /// <summary>Upper bound of the 90 % interval.</summary>
    public required double High { get; init; }

    /// <summary>How far the measured figure is off the predicted one, in percent of it.</summary>
    public required double ErrorPercent { get; init; }

    /// <summary>Wire form of the sensor; <c>null</c> for a latency, which needs none.</summary>
    public string? Provenance { get; init; }

    /// <summary>The same as sentences, with what to do.</summary>
    public string Message => string.Create(
        CultureInfo.InvariantCulture,
        $"{Model}: {Measured:0.##} {Unit} an inference measured{(Provenance is null ? "" : $" ({Provenance})")} over {Windows} minutes, {Predicted:0.##} {Unit} predicted (90 %: {Low:0.##} to {High:0.##}), ")
        + string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(ErrorPercent):0} % {(ErrorPercent > 0 ? "more" : "less")}. ")
        + "Look at supply, clock, cooling and what else runs on the device; when this is how it is now, run a device benchmark, which calibrates the prediction.";
}

/// <summary>Writes a <see cref="DriftKind"/> as a word.</summary>
internal sealed class DriftKindJsonConverter() : JsonStringEnumConverter<DriftKind>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
