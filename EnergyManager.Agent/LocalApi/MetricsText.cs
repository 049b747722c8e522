using System.Globalization;
using System.Text;

namespace EnergyManager.Agent.LocalApi;

/// <summary>Writes the Prometheus text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
/// <remarks>
/// <c># HELP energymanager_sensor_available 1 while ...</c>, <c># TYPE energymanager_sensor_available gauge</c>,
/// <c>energymanager_sensor_available{sensor="cpu"} 1</c>. A figure that is absent has no line.
/// </remarks>
public sealed class MetricsText
{
    private readonly StringBuilder _text = new();

    public MetricsText Gauge(string name, string help, double? value) => One("gauge", name, help, value);

    public MetricsText Counter(string name, string help, double? value) => One("counter", name, help, value);

    /// <summary>A family with one label; nothing when it is empty.</summary>
    public MetricsText Family(string type, string name, string help, string label, IEnumerable<(string Label, double Value)> values)
    {
        var first = true;
        foreach (var (text, value) in values)
        {
            if (first)
                Head(type, name, help);
            first = false;
            _text.Append(CultureInfo.InvariantCulture, $"{name}{{{label}=\"{Escape(text)}\"}} {value}\n");
        }
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Backslash, quotation mark and line feed are all that a label value may not hold as they are.</summary>
    public static string Escape(string label) => label
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\"", "\\\"", StringComparison.Ordinal)
        .Replace("\n", "\\n", StringComparison.Ordinal);

    private MetricsText One(string type, string name, string help, double? value)
    {
        if (value is not { } number)
            return this;
        Head(type, name, help);
        _text.Append(CultureInfo.InvariantCulture, $"{name} {number}\n");
        return this;
    }

    private void Head(string type, string name, string help) => _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
}
