namespace EnergyManager.Web;

/// <summary>Configuration section <c>EnergyManager</c>. Every cap of the server is here or in a record below.</summary>
public sealed class ManagerOptions
{
    public const string Section = "EnergyManager";

    /// <summary>Database, keys, caches. Empty: <c>energymanager</c> under the user's data folder.</summary>
    public string DataDirectory { get; set; } = "";

    /// <summary>Model files. Empty: the repository's <c>model_store</c> when started from a clone, else under the data directory.</summary>
    public string ModelStore { get; set; } = "";

    /// <summary>Start the agent of this machine as a process of its own. Empty: only in Development.</summary>
    public bool? LocalAgent { get; set; }

    /// <summary>Path of the agent's DLL. Empty: <c>agent/EnergyManager.Agent.dll</c> beside the server.</summary>
    public string LocalAgentPath { get; set; } = "";

    public CapOptions Caps { get; set; } = new();
    public DeploymentOptions Deployment { get; set; } = new();
    public BalenaOptions Balena { get; set; } = new();
    public HubOptions Hub { get; set; } = new();
}

/// <summary>Caps. What goes over one is refused or dropped, counted and said.</summary>
public sealed class CapOptions
{
    /// <summary>Largest JSON body in bytes.</summary>
    public long RequestBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Largest uploaded artifact in bytes.</summary>
    public long UploadBytes { get; set; } = 512L * 1024 * 1024;

    /// <summary>Most requests in one prediction array.</summary>
    public int PredictionBatch { get; set; } = 1000;

    /// <summary>Predictions that are remembered; when there are more, old ones are computed again.</summary>
    public int RememberedPredictions { get; set; } = 2000;

    /// <summary>Devices whose calibration is remembered for some seconds; when there are more, old ones are read again.</summary>
    public int RememberedCalibrations { get; set; } = 1000;

    /// <summary>Models that a calibration rests on at most: those that the device ran last.</summary>
    public int CalibrationModels { get; set; } = 50;

    /// <summary>How far back a calibration looks.</summary>
    public TimeSpan CalibrationPeriod { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Benchmarks kept of a device; beyond it the oldest are removed.</summary>
    public int BenchmarksPerDevice { get; set; } = 200;

    /// <summary>Most points in one telemetry answer.</summary>
    public int TelemetryPoints { get; set; } = 5000;

    /// <summary>Samples kept in memory per device for live views: one hour at one a second.</summary>
    public int LiveSamples { get; set; } = 3600;

    /// <summary>Samples that wait for a slow watcher before the oldest are dropped.</summary>
    public int WatcherQueue { get; set; } = 600;

    /// <summary>Samples kept in memory for live views over all devices: beyond it a ring gives up its oldest sample for each new one.</summary>
    public int LiveSamplesTotal { get; set; } = 2_000_000;

    /// <summary>Watchers of live telemetry at a time; one more is refused.</summary>
    public int Watchers { get; set; } = 1000;

    /// <summary>Batches that wait for the database before agents are asked to wait.</summary>
    public int IngestQueue { get; set; } = 256;

    /// <summary>Boards of the user's own that can be kept beside those of the product.</summary>
    public int OwnBoards { get; set; } = 32;

    /// <summary>Devices that can be known.</summary>
    public int Devices { get; set; } = 10_000;

    /// <summary>Attempts to sign in a minute from one address.</summary>
    public int LoginAttemptsPerMinute { get; set; } = 5;

    /// <summary>Deployments that are remembered; beyond it the oldest settled ones go.</summary>
    public int Deployments { get; set; } = 10_000;

    /// <summary>Raw samples are kept for this long.</summary>
    public TimeSpan RawRetention { get; set; } = TimeSpan.FromDays(2);

    /// <summary>One-minute means are kept for this long.</summary>
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(31);

    /// <summary>One-hour means are kept for this long.</summary>
    public TimeSpan HourRetention { get; set; } = TimeSpan.FromDays(730);
}

/// <summary>How long a deployment may stand still.</summary>
public sealed class DeploymentOptions
{
    /// <summary>The server fetches an artifact for at most this long.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A device that is online may stay without a report for this long before its deployment fails.</summary>
    public TimeSpan ReportTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Inferences per second that a deployed model runs at; 0 runs back to back.</summary>
    public double RatePerSecond { get; set; } = 5;

    /// <summary>Median latency in milliseconds above which a deployment fails its health check; none when empty.</summary>
    public double? MaximumLatencyMs { get; set; }

    /// <summary>
    /// Multiple of the predicted energy per inference above which a measured one fails the health check; none when empty. Ten: beyond
    /// that not the prediction is wrong, but the model or the board.
    /// </summary>
    public double? MaximumEnergyFactor { get; set; } = 10;

    /// <summary>How often stuck deployments are looked for.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Balena Cloud.</summary>
public sealed class BalenaOptions
{
    /// <summary>API token, from the environment (<c>EnergyManager__Balena__Token</c> or <c>BALENA_API_TOKEN</c>) or user secrets.</summary>
    public string Token { get; set; } = "";

    public string Endpoint { get; set; } = "https://api.balena-cloud.com";

    /// <summary>Devices listed at most.</summary>
    public int MaximumDevices { get; set; } = 2000;
}

/// <summary>Hugging Face Hub or a mirror of it.</summary>
public sealed class HubOptions
{
    public string Endpoint { get; set; } = "https://huggingface.co";

    /// <summary>Token, from the environment (<c>EnergyManager__Hub__Token</c> or <c>HF_TOKEN</c>) or user secrets.</summary>
    public string Token { get; set; } = "";
}
