using System.Globalization;
using EnergyManager.Agent.Benchmarking;
using EnergyManager.Agent.LocalApi;

namespace EnergyManager.Agent;

/// <summary>Settings of the agent: configuration section <c>EnergyManager:Agent</c>, from any .NET provider.</summary>
public sealed class AgentOptions
{
    public const string Section = "EnergyManager:Agent";

    /// <summary>Address of the server, http or https.</summary>
    public string Server { get; set; } = "http://localhost:5000";

    /// <summary>Where outbox, state and artifacts live. By default under the user's data folder, never the working directory.</summary>
    public string DataDirectory { get; set; } = DefaultDataDirectory;

    /// <summary><c>&lt;device id&gt;.&lt;secret&gt;</c> as enrolment prints it. Not needed for a server on loopback.</summary>
    public string? Credential { get; set; }

    /// <summary>File whose first line is the credential; read again on every connect, so that it can be renewed in place.</summary>
    public string? CredentialFile { get; set; }

    /// <summary>Name for people, by default the host name.</summary>
    public string? Name { get; set; }

    /// <summary>Device type identifier, by default detected from the device tree.</summary>
    public string? DeviceType { get; set; }

    /// <summary>Length of a telemetry window.</summary>
    public TimeSpan SampleInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Root of the proc file system.</summary>
    public string ProcRoot { get; set; } = "/proc";

    /// <summary>Root of the sys file system.</summary>
    public string SysRoot { get; set; } = "/sys";

    /// <summary>When set, the agent ends when this process is gone. By default it outlives whoever started it.</summary>
    public int? ParentProcessId { get; set; }

    public OutboxOptions Outbox { get; set; } = new();

    public ConnectionOptions Connection { get; set; } = new();

    public PowerOptions Power { get; set; } = new();

    public ArtifactOptions Artifacts { get; set; } = new();

    public InferenceOptions Inference { get; set; } = new();

    public HealthOptions Health { get; set; } = new();

    public BenchmarkOptions Benchmark { get; set; } = new();

    public LocalApiOptions LocalApi { get; set; } = new();

    private static string DefaultDataDirectory => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
        "energymanager",
        "agent");
}

/// <summary>Caps of the telemetry outbox.</summary>
public sealed class OutboxOptions
{
    /// <summary>Most bytes on disk; beyond it the oldest whole segment is dropped. A sample takes about 350 bytes: 256 MiB is about nine days.</summary>
    public long MaximumBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>Oldest samples that are kept, by the device's clock; segments that are wholly older are dropped. Servers forget too.</summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Size at which a new segment file is begun.</summary>
    public long SegmentBytes { get; set; } = 1024 * 1024;

    /// <summary>Longest time between checkpoints. What was acknowledged since the last one is sent again after a crash, and recognised by the server.</summary>
    public TimeSpan CheckpointInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether every sample is forced to the medium. Off: a killed process loses nothing, a power cut up to what the kernel
    /// had not written yet (about 30 s); on: one flash write a second.
    /// </summary>
    public bool Fsync { get; set; }
}

/// <summary>How the agent keeps its one connection.</summary>
public sealed class ConnectionOptions
{
    /// <summary>First wait after a failure.</summary>
    public TimeSpan MinimumDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between attempts. 3 s brings a device back within 5 s of the server's return, over a slow link too.</summary>
    public TimeSpan MaximumDelay { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Wait after the server refused the agent: asking more often cannot help.</summary>
    public TimeSpan RefusedDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for a connection and the server's welcome. A link that needs longer needs another setting.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for an answer to one message on a link that was quick so far: so soon a dead connection is found.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Longest wait for an answer to one message on a link that has been slow.</summary>
    public TimeSpan MaximumTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most samples in one message.</summary>
    public int BatchSize { get; set; } = 500;

    /// <summary>Most full batches a second, or as many samples in smaller ones, while a backlog is sent, so that a fleet coming back does not flood the server.</summary>
    public double BatchesPerSecond { get; set; } = 4;

    /// <summary>
    /// Backlog above which the newest samples are sent first and the older behind them; a shorter one goes in order. By default
    /// what fits into one message.
    /// </summary>
    public int LiveFirstAbove { get; set; } = 500;
}

/// <summary>How power is sampled where there is a sensor.</summary>
public sealed class PowerOptions
{
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Readings a second from sensors that measure an instant; counters are read at their own, lower rate. At 250 Hz the energy
    /// of inferences of 8 to 35 ms is right to about 0.1 % over a minute, at 100 Hz to 0.2 %.
    /// </summary>
    public double SampleRateHz { get; set; } = 250;

    /// <summary>Longest time without a reading that is bridged; what was drawn in a longer one is not known. Never less than three readings of the source.</summary>
    public TimeSpan MaximumGap { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Length of an accounting window, over which the energy per inference of a rate-controlled model is told.</summary>
    public TimeSpan AccountingWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a source may give nothing before another takes its place.</summary>
    public TimeSpan SwitchAfter { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often is looked for sources that appeared or came back.</summary>
    public TimeSpan RescanInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Name of the source to take before all others while it gives readings: <c>external</c>, <c>battery</c>, ...</summary>
    public string? Prefer { get; set; }

    /// <summary>Power monitors on I2C buses, at most 8. Nothing on a bus is touched that is not named here.</summary>
    public List<I2cSensorOptions> I2c { get; set; } = [];

    public ExternalPowerOptions External { get; set; } = new();
}

/// <summary>An INA219 or INA226 that is wired to the supply of the board and read over I2C.</summary>
public sealed class I2cSensorOptions
{
    /// <summary>Number of the bus: 1 is <c>/dev/i2c-1</c>.</summary>
    public int Bus { get; set; } = 1;

    /// <summary>Address of the chip, 0x40 to 0x4f, as its two address pins say.</summary>
    public string Address { get; set; } = "0x40";

    /// <summary>Resistance of the shunt in ohms, as printed on it: R100 is 0.1.</summary>
    public double ShuntOhms { get; set; } = 0.1;

    /// <summary>Largest current to expect, from which the INA219's range follows; by default the widest.</summary>
    public double? MaximumAmps { get; set; }

    /// <summary><c>ina219</c> or <c>ina226</c>; by default what the chip's registers say.</summary>
    public string? Chip { get; set; }

    /// <summary><see cref="Address"/> as a number, -1 when it is none.</summary>
    internal int ParsedAddress =>
        Address.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        && int.TryParse(Address.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)
            ? address
            : -1;
}

/// <summary>Power that is posted to the agent.</summary>
public sealed class ExternalPowerOptions
{
    /// <summary>How long a reading holds when no other follows.</summary>
    public TimeSpan MaximumAge { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Largest power that is believed.</summary>
    public double MaximumWatts { get; set; } = 1000;
}

/// <summary>How model files are fetched and kept.</summary>
public sealed class ArtifactOptions
{
    /// <summary>Largest model file that is accepted.</summary>
    public long MaximumBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>Bytes that a download must leave free for the outbox and the rest of the device.</summary>
    public long ReserveBytes { get; set; } = 32L * 1024 * 1024;

    /// <summary>Longest wait for the first byte: a server may have to hash a large file first.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest silence in the middle of a download before it is resumed on a new request.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait that a server that is busy may ask for (<c>Retry-After</c>).</summary>
    public TimeSpan MaximumRetryAfter { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Time between reports of progress.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the agent may die while it tries one deployment before it gives the deployment up.</summary>
    public int MaximumAttempts { get; set; } = 3;
}
