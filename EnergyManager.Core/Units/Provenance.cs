using System.Diagnostics.CodeAnalysis;

namespace EnergyManager.Core.Units;

/// <summary>What of a device a sensor of power sees.</summary>
public enum PowerScope
{
    /// <summary>The supply of the whole board: what predictions, benchmarks and budgets are about.</summary>
    WholeBoard,

    /// <summary>A part of it, such as the processor package or the rails of a power chip: never compared or mixed with whole boards.</summary>
    Part,
}

/// <summary>
/// Where an energy or power figure came from, in its wire form: <c>measured:&lt;sensor&gt;</c> (for example
/// <c>measured:ina219</c>), <c>benchmark</c>, <c>predicted</c> or <c>unavailable</c>.
/// </summary>
/// <remarks><c>default(Provenance)</c> is <see cref="Unavailable"/>: an unset provenance can never claim a measurement.</remarks>
public readonly record struct Provenance
{
    private const string MeasuredPrefix = "measured:";

    // Sensors that see less than the board draws. Every other one is wired into its supply.
    private static readonly string[] PartSensors = ["rapl-package", "pmic"];

    private readonly string? _text;

    private Provenance(string text) => _text = text;

    /// <summary>There is no figure, because nothing measures it.</summary>
    public static Provenance Unavailable => default;

    /// <summary>The figure is a prediction.</summary>
    public static Provenance Predicted { get; } = new("predicted");

    /// <summary>The figure is from the curated benchmark table of the device type.</summary>
    public static Provenance Benchmark { get; } = new("benchmark");

    /// <summary>True for figures that a sensor read.</summary>
    public bool IsMeasured => _text?.StartsWith(MeasuredPrefix, StringComparison.Ordinal) == true;

    /// <summary>What the sensor sees, or <c>null</c> when no sensor read the figure.</summary>
    public PowerScope? Scope => !IsMeasured ? null
        : PartSensors.Contains(_text![MeasuredPrefix.Length..], StringComparer.Ordinal) ? PowerScope.Part
        : PowerScope.WholeBoard;

    /// <summary>A figure that <paramref name="sensor"/> measured.</summary>
    /// <param name="sensor">Sensor name: lower-case letters, digits and hyphens, for example <c>ina219</c>.</param>
    /// <exception cref="ArgumentException">The name is empty or has other characters.</exception>
    public static Provenance Measured(string sensor) =>
        IsSensorName(sensor)
            ? new Provenance(MeasuredPrefix + sensor)
            : throw new ArgumentException($"'{sensor}' is not a sensor name: use lower-case letters, digits and hyphens.", nameof(sensor));

    /// <summary>Reads the wire form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Provenance provenance)
    {
        provenance = default;
        switch (text)
        {
            case null:
                return false;
            case "unavailable":
                return true;
            case "predicted":
                provenance = Predicted;
                return true;
            case "benchmark":
                provenance = Benchmark;
                return true;
            default:
                if (!text.StartsWith(MeasuredPrefix, StringComparison.Ordinal) || !IsSensorName(text[MeasuredPrefix.Length..]))
                    return false;
                provenance = new Provenance(text);
                return true;
        }
    }

    /// <summary>The wire form.</summary>
    public override string ToString() => _text ?? "unavailable";

    private static bool IsSensorName(string? name) =>
        !string.IsNullOrEmpty(name) && name.Length <= 64 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
