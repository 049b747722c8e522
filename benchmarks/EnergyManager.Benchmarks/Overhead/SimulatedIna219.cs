using System.Globalization;

namespace EnergyManager.Benchmarks.Overhead;

/// <summary>A <c>/sys</c> tree with an INA219 as the kernel's ina2xx driver shows it, whose current changes all the time.</summary>
internal sealed class SimulatedIna219
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly string _current;

    public SimulatedIna219(string root)
    {
        Root = root;
        var device = Directory.CreateDirectory(Path.Combine(root, "class", "hwmon", "hwmon0")).FullName;
        _current = Path.Combine(device, "curr1_input");
        File.WriteAllText(Path.Combine(device, "name"), "ina219\n");
        File.WriteAllText(Path.Combine(device, "in0_input"), "6\n");
        File.WriteAllText(Path.Combine(device, "in1_input"), "5104\n");
        File.WriteAllText(Path.Combine(device, "shunt_resistor"), "10000\n");
        File.WriteAllText(_current, "0600\n");
    }

    public string Root { get; }

    /// <summary>Mean current in mA, up to 9000.</summary>
    public int Milliamperes { get; set; } = 600;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        // In place and always of one length: a reader never sees an empty file.
        using var file = File.OpenHandle(_current, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        for (var i = 0; await timer.WaitForNextTickAsync(cancellationToken); i++)
        {
            var milliamperes = Milliamperes + (int)(200 * Math.Sin(i / 10.0));
            RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(milliamperes.ToString("0000", CultureInfo.InvariantCulture) + "\n"), 0);
        }
    }
}
