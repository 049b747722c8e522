using System.Globalization;
using EnergyManager.Core.Units;

namespace EnergyManager.Agent.Sensors;

/// <summary>The power chip of a Raspberry Pi 5, through <c>vcgencmd pmic_read_adc</c>.</summary>
/// <remarks>
/// <para>The program writes one line for each converter of the chip:</para>
/// <code>
///    VDD_CORE_A current(7)=0.92150000A
///    VDD_CORE_V volt(15)=0.72046050V
///       EXT5V_V volt(24)=5.14998000V
/// </code>
/// <para>Power is the sum of current x voltage over the rails that tell both. The inputs tell a voltage only (<c>EXT5V</c>, <c>BATT</c>),
/// so what the chip does not convert is not counted: the 5 V of USB ports, fan and HAT, and the losses of the converters.</para>
/// </remarks>
public sealed class PmicPowerSource(ICommandRunner runner, TimeProvider time) : IPowerSource
{
    private const int MaximumRails = 64;

    private readonly CommandPoller _poller = new(runner, "vcgencmd", "pmic_read_adc", TimeSpan.FromSeconds(0.5), waitForFirst: true, time);
    private PowerReading _last = PowerReading.Absent("not read yet");

    public string Name => "power:pmic";

    public string Detail => "power chip of the Raspberry Pi 5: its rails, not what hangs on USB, fan or HAT, nor the converters' losses";

    public Provenance Provenance { get; } = Provenance.Measured("pmic");

    // Each reading starts a program, and the firmware takes milliseconds to answer.
    public double NativeRateHz => 2;

    /// <summary>The source on a board that has the chip.</summary>
    public static IEnumerable<PmicPowerSource> Find(string procRoot, ICommandRunner runner, TimeProvider time)
    {
        if (SysFile.TryReadText(Path.Combine(procRoot, "device-tree", "model"), out var model, out _)
            && (model.Contains("Raspberry Pi 5", StringComparison.Ordinal) || model.Contains("Compute Module 5", StringComparison.Ordinal)))
            yield return new PmicPowerSource(runner, time);
    }

    public PowerReading Read()
    {
        var (result, isNew) = _poller.Poll();
        if (result.Output is null)
            return PowerReading.Absent(result.Reason!);
        if (!isNew)
            return _last.AsHeld();
        return _last = Parse(result.Output);
    }

    /// <summary>Sum over the rails that have a current and a voltage.</summary>
    public static PowerReading Parse(string output)
    {
        var rails = new Dictionary<string, (double? Amperes, double? Volts)>(StringComparer.Ordinal);
        foreach (var line in output.AsSpan().EnumerateLines())
        {
            if (TryReadLine(line.Trim(), out var rail, out var isCurrent, out var value) && rails.Count < MaximumRails)
            {
                var known = rails.GetValueOrDefault(rail);
                rails[rail] = isCurrent ? known with { Amperes = value } : known with { Volts = value };
            }
        }
        double watts = 0;
        var both = 0;
        foreach (var (amperes, volts) in rails.Values)
        {
            if (amperes is not { } a || volts is not { } v)
                continue;
            watts += a * v;
            both++;
        }
        return both > 0
            ? PowerReading.OfWatts(watts)
            : PowerReading.Absent("vcgencmd pmic_read_adc names no rail with a current and a voltage");
    }

    private static bool TryReadLine(ReadOnlySpan<char> line, out string rail, out bool isCurrent, out double value)
    {
        (rail, isCurrent, value) = ("", false, 0);
        var blank = line.IndexOf(' ');
        var equals = line.IndexOf('=');
        if (blank < 3 || equals < blank)
            return false;
        var kind = line[(blank + 1)..equals];
        isCurrent = kind.StartsWith("current(", StringComparison.Ordinal);
        var (suffix, unit) = isCurrent ? ("_A", 'A') : ("_V", 'V');
        if ((!isCurrent && !kind.StartsWith("volt(", StringComparison.Ordinal)) || !line[..blank].EndsWith(suffix, StringComparison.Ordinal) || line[^1] != unit)
            return false;
        rail = line[..(blank - 2)].ToString();
        return double.TryParse(line[(equals + 1)..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);
    }
}
