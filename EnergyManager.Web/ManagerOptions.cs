using EnergyManager.Web.Benchmarking;
using EnergyManager.Web.Calibration;

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
    public DriftOptions Drift { get; set; } = new();
    public BenchmarkTimeouts Benchmark { get; set; } = new();
    public StoreOptions Store { get; set; } = new();
    public BalenaOptions Balena { get; set; } = new();
    public HubOptions Hub { get; set; } = new();
    public ExporterOptions Exporter { get; set; } = new();
    public SourceOptions Sources { get; set; } = new();
    public DownloadOptions Downloads { get; set; } = new();
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

    /// <summary>Samples kept in memory per device for live views: ten minutes at one a second. What a longer view wants beyond them comes from the store.</summary>
    public int LiveSamples { get; set; } = 600;

    /// <summary>Samples that wait for a slow watcher before the oldest are dropped.</summary>
    public int WatcherQueue { get; set; } = 600;

    /// <summary>Samples kept in memory for live views over all devices: beyond it a ring gives up its oldest sample for each new one.</summary>
    public int LiveSamplesTotal { get; set; } = 500_000;

    /// <summary>Watchers of live telemetry at a time; one more is refused.</summary>
    public int Watchers { get; set; } = 1000;

    /// <summary>Dashboards whose connection broke that are kept for their return; beyond it the oldest starts over.</summary>
    public int DisconnectedCircuits { get; set; } = 50;

    /// <summary>How long a dashboard whose connection broke is kept for its return.</summary>
    public TimeSpan DisconnectedCircuitRetention { get; set; } = TimeSpan.FromMinutes(3);

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

    /// <summary>Devices that one request can deploy to.</summary>
    public int DeployTargets { get; set; } = 200;

    /// <summary>Decisions of the energy gate that are remembered; beyond it the oldest go.</summary>
    public int GateDecisions { get; set; } = 20_000;

    /// <summary>Raw samples are kept for this long.</summary>
    public TimeSpan RawRetention { get; set; } = TimeSpan.FromDays(2);

    /// <summary>One-minute means are kept for this long.</summary>
    public TimeSpan MinuteRetention { get; set; } = TimeSpan.FromDays(31);

    /// <summary>One-hour means are kept for this long.</summary>
    public TimeSpan HourRetention { get; set; } = TimeSpan.FromDays(730);
}

/// <summary>Which old versions of models are kept although no device needs them.</summary>
public sealed class StoreOptions
{
    /// <summary>Newest versions of each file that are kept, the current one included.</summary>
    public int KeepVersions { get; set; } = 3;

    /// <summary>Versions that came more recently than this are kept.</summary>
    public TimeSpan MinimumAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How often old versions are looked for; zero never does.</summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Versions of one file name at most; more are refused until some are removed.</summary>
    public int MaximumVersions { get; set; } = 1000;
}

/// <summary>
/// How long a deployment may stand still in each state, and how its artifact is fetched. A report and a byte of progress start
/// the time again; the time that a device is away does not count, but for <see cref="OfflineTimeout"/>.
/// </summary>
public sealed class DeploymentOptions
{
    /// <summary>The server begins with a request within this time.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The server fetches an artifact for at most this long without progress.</summary>
    public TimeSpan FetchTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Attempts to fetch an artifact that a source fails to give for the moment.</summary>
    public int FetchAttempts { get; set; } = 4;

    /// <summary>Pause before the second attempt; it doubles with each.</summary>
    public TimeSpan FetchBackOff { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Longest pause between attempts.</summary>
    public TimeSpan MaximumFetchBackOff { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>A device that is connected takes an offer up within this time.</summary>
    public TimeSpan OfferTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A download on a connected device stands for at most this long without a new byte.</summary>
    public TimeSpan DownloadTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A connected device checks size and hash within this time.</summary>
    public TimeSpan VerifyTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A connected device loads the model within this time.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A connected device warms the model up within this time.</summary>
    public TimeSpan WarmUpTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A connected device ends the health check within this time.</summary>
    public TimeSpan CheckTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A deployment waits this long for a device that is away.</summary>
    public TimeSpan OfflineTimeout { get; set; } = TimeSpan.FromDays(7);

    /// <summary>A connected device may differ this long from what it should run, or from what the server has heard of it, before the server acts on it.</summary>
    public TimeSpan ReconcileAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>A connection that takes no message for this long is ended: the device finds its desired state when it connects again.</summary>
    public TimeSpan PushTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Inferences per second that a deployed model runs at; 0 runs back to back.</summary>
    public double RatePerSecond { get; set; } = 5;

    /// <summary>Median latency in milliseconds above which a deployment fails its health check; none when empty.</summary>
    public double? MaximumLatencyMs { get; set; }

    /// <summary>
    /// Multiple of the predicted energy per inference above which a measured one fails the health check; none when empty. Ten: beyond
    /// that not the prediction is wrong, but the model or the board.
    /// </summary>
    public double? MaximumEnergyFactor { get; set; } = 10;

    /// <summary>How often stuck deployments and devices that differ are looked for.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Balena Cloud.</summary>
public sealed class BalenaOptions
{
    /// <summary>API token, from the environment (<c>EnergyManager__Balena__Token</c> or <c>BALENA_API_TOKEN</c>) or user secrets.</summary>
    public string Token { get; set; } = "";

    /// <summary>Address of the API without its version; a path before it is kept. The token is sent to nowhere else.</summary>
    public string Endpoint { get; set; } = "https://api.balena-cloud.com";

    /// <summary>Version of the API, as it stands in its paths.</summary>
    public string ApiVersion { get; set; } = "v7";

    /// <summary>Devices listed at most.</summary>
    public int MaximumDevices { get; set; } = 2000;

    /// <summary>Address of this server as boards reach it, which enrolment gives them. Empty: the address that enrolment was asked at.</summary>
    public string AgentServer { get; set; } = "";

    /// <summary>Devices of a fleet that are enrolled at a time.</summary>
    public int EnrolmentsAtOnce { get; set; } = 4;
}

/// <summary>Hugging Face Hub or a mirror of it.</summary>
public sealed class HubOptions
{
    public string Endpoint { get; set; } = "https://huggingface.co";

    /// <summary>Token, from the environment (<c>EnergyManager__Hub__Token</c> or <c>HF_TOKEN</c>) or user secrets.</summary>
    public string Token { get; set; } = "";

    /// <summary>Attempts in a row that bring nothing before a download fails. One that brings something is not counted.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>Pause after the first failed attempt; it doubles up to <see cref="MaximumPause"/>.</summary>
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Longest pause that is chosen here.</summary>
    public TimeSpan MaximumPause { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest pause that the Hub may ask for (Retry-After, RateLimit); at a longer one the download fails and says so.</summary>
    public TimeSpan MaximumWait { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection that brings no byte for this long is given up, and the download resumed on another.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The pause after so many failures in a row.</summary>
    internal TimeSpan Pause(int failures) => TimeSpan.FromTicks(Math.Min(MaximumPause.Ticks, RetryPause.Ticks << Math.Clamp(failures - 1, 0, 16)));
}

/// <summary>A program of the user's own that writes models as ONNX: a Python with PyTorch.</summary>
public sealed class ExporterOptions
{
    /// <summary>The Python, for example <c>/usr/bin/python3</c>. Empty: nothing is exported.</summary>
    public string Python { get; set; } = "";

    /// <summary>The script. Empty: <c>tools/export_model.py</c> of the clone, or beside the server.</summary>
    public string Script { get; set; } = "";

    /// <summary>An export that takes longer is ended.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>Where models are fetched from that the store does not hold.</summary>
public sealed class SourceOptions
{
    /// <summary>
    /// The sources in the order in which they are asked, separated by commas; one that is left out is never asked. What the agent can
    /// run comes first: ONNX from the Hub, then an export, and only then weights that can be delivered but not run.
    /// </summary>
    public string Order { get; set; } = "hub-onnx, exporter, hub-weights";
}

/// <summary>Downloads of models into the store.</summary>
public sealed class DownloadOptions
{
    /// <summary>Downloads under way at once; the others wait.</summary>
    public int AtOnce { get; set; } = 2;

    /// <summary>Downloads that wait; one more is refused.</summary>
    public int Queue { get; set; } = 200;

    /// <summary>Ended downloads that are remembered.</summary>
    public int Kept { get; set; } = 200;

    /// <summary>How long an ended download is remembered.</summary>
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Bytes of unfinished downloads that are kept to be resumed; beyond it the oldest go. What is older than a day goes anyway.</summary>
    public long KeptPartsBytes { get; set; } = 2L * 1024 * 1024 * 1024;
}
