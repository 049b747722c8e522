using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>Loads ONNX files, each into a process of its own, so that a crash of the native library is not the agent's.</summary>
public sealed class WorkerModelLoader : IModelLoader
{
    private readonly InferenceOptions _options;
    private readonly WorkerCommand _command;
    private readonly TimeProvider _time;

    public WorkerModelLoader(IOptions<AgentOptions> options, TimeProvider time)
        : this(options.Value.Inference, WorkerCommand.OfThisProgram(options.Value.Inference.Nice), time)
    {
    }

    internal WorkerModelLoader(InferenceOptions options, WorkerCommand command, TimeProvider time) => (_options, _command, _time) = (options, command, time);

    public IReadOnlyList<string> Formats { get; } = [".onnx"];

    public IModelRunner Load(string path) => WorkerModelRunner.Load(path, _options, _command, _time);
}
