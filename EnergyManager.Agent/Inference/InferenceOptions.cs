namespace EnergyManager.Agent;

/// <summary>How models run.</summary>
public sealed class InferenceOptions
{
    /// <summary>Threads of one inference; 0 takes as many as the agent may use processors.</summary>
    public int Threads { get; set; }

    /// <summary>Operators of a model that may run side by side.</summary>
    public int InterOpThreads { get; set; } = 1;

    /// <summary>Execution provider of ONNX Runtime, for example <c>cpu</c>, <c>cuda</c>, <c>tensorrt</c>, <c>xnnpack</c>; the library must have it.</summary>
    public string ExecutionProvider { get; set; } = "cpu";

    /// <summary>
    /// Folder with the inputs of the running model, one file an input, named like it: <c>.pb</c> (an ONNX TensorProto),
    /// <c>.npy</c> or <c>.bin</c> (raw). Without it, inputs are seeded random numbers.
    /// </summary>
    public string? InputPath { get; set; }

    /// <summary>Inferences before the health check, not measured.</summary>
    public int WarmUpInferences { get; set; } = 3;

    /// <summary>Latencies kept for the percentiles of a window; inferences beyond are counted only.</summary>
    public int MaximumLatencies { get; set; } = 16_384;

    /// <summary>Longest time until the process that runs a model is there, before it loads anything.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time to load and optimise a model.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest inference; beyond it the process counts as hung and is killed.</summary>
    public TimeSpan RunTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How much the process that runs a model steps back behind others: 0 not at all, 19 most.</summary>
    public int Nice { get; set; }

    /// <summary>First wait before a process that died is started again; it doubles with every death in a row.</summary>
    public TimeSpan MinimumRestartDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait before a process that died is started again.</summary>
    public TimeSpan MaximumRestartDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Deaths within <see cref="CrashPeriod"/> after which the device goes back to the model before.</summary>
    public int MaximumCrashes { get; set; } = 3;

    /// <summary>See <see cref="MaximumCrashes"/>.</summary>
    public TimeSpan CrashPeriod { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most predictions that wait; a further one is refused.</summary>
    public int MaximumPredictions { get; set; } = 4;

    /// <summary>Most bytes of the inputs of one prediction, and of its outputs.</summary>
    public int MaximumPredictionBytes { get; set; } = 16 * 1024 * 1024;
}
