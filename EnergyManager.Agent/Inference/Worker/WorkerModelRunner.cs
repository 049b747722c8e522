using System.Runtime.InteropServices;
using System.Text.Json;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>
/// A model in a process of its own. After a crash the next call starts a new process and loads the model again; when to call,
/// and whether at all, is for the caller to decide.
/// </summary>
internal sealed class WorkerModelRunner : IModelRunner
{
    private readonly string _path;
    private readonly InferenceOptions _options;
    private readonly WorkerCommand _command;
    private readonly TimeProvider _time;
    private volatile WorkerProcess? _process;
    private bool _disposed;

    private WorkerModelRunner(string path, InferenceOptions options, WorkerCommand command, TimeProvider time) =>
        (_path, _options, _command, _time) = (path, options, command, time);

    public ModelSignature Signature { get; private set; } = new([], []);

    public WorkerUsage? Usage => _process?.ReadUsage();

    /// <summary>Starts a process and has it load a model.</summary>
    /// <exception cref="ModelException">The file is not a model that the runtime can execute, or it killed the process.</exception>
    public static WorkerModelRunner Load(string path, InferenceOptions options, WorkerCommand command, TimeProvider time)
    {
        var runner = new WorkerModelRunner(path, options, command, time);
        try
        {
            runner.Ready(CancellationToken.None);
            return runner;
        }
        catch
        {
            runner.Dispose();
            throw;
        }
    }

    public void Run(CancellationToken cancellationToken)
    {
        if (RunBatch(1, TimeSpan.Zero, cancellationToken).Failure is { } failure)
            throw failure;
    }

    public InferenceBatch RunBatch(int maximum, TimeSpan budget, CancellationToken cancellationToken) => OnWorker(
        worker =>
        {
            var run = new RunRequest(Math.Min(maximum, RunRequest.MostInferences), budget.TotalMilliseconds);
            var answer = worker.Ask(
                request => new Frame(FrameKind.Run, request, JsonSerializer.SerializeToUtf8Bytes(run, WorkerJson.Default.RunRequest), default),
                budget + _options.RunTimeout,
                "end an inference",
                cancellationToken);
            var spans = MemoryMarshal.Cast<byte, InferenceSpan>(answer.Body.Span).ToArray();
            var failure = answer.Json.IsEmpty ? null : worker.Deserialize(answer, WorkerJson.Default.RunAnswer).Failure;
            return new InferenceBatch(spans, failure is null ? null : new ModelException(failure));
        },
        cancellationToken);

    public string? FindNonFiniteOutput(CancellationToken cancellationToken) => OnWorker(
        worker =>
        {
            var answer = worker.Ask(
                request => new Frame(FrameKind.Run, request, JsonSerializer.SerializeToUtf8Bytes(new RunRequest(1, 0, LookAtOutputs: true), WorkerJson.Default.RunRequest), default),
                _options.RunTimeout,
                "end an inference",
                cancellationToken);
            return answer.Json.IsEmpty ? null : worker.Deserialize(answer, WorkerJson.Default.RunAnswer).NonFinite;
        },
        cancellationToken);

    public Prediction Predict(IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken) => OnWorker(
        worker =>
        {
            var answer = worker.Ask(
                request => TensorFrames.Write(FrameKind.Predict, request, inputs, latencyMs: 0, _options.MaximumPredictionBytes), _options.RunTimeout, "end an inference", cancellationToken);
            try
            {
                var (outputs, list) = TensorFrames.Read(answer);
                return new Prediction(outputs, TimeSpan.FromMilliseconds(list.LatencyMs));
            }
            catch (InvalidDataException exception)
            {
                throw worker.Nonsense(exception.Message);
            }
        },
        cancellationToken);

    public void Dispose()
    {
        _disposed = true;
        _process?.Dispose();
        _process = null;
    }

    private T OnWorker<T>(Func<WorkerProcess, T> work, CancellationToken cancellationToken)
    {
        var worker = Ready(cancellationToken);
        try
        {
            return work(worker);
        }
        catch (ModelCrashException)
        {
            _process = null;
            worker.Dispose();
            throw;
        }
    }

    private WorkerProcess Ready(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_process is { } running)
            return running;
        var worker = WorkerProcess.Start(_command, _options.StartTimeout, _time, cancellationToken);
        try
        {
            var load = new LoadRequest
            {
                Path = _path,
                Threads = _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount,
                InterOpThreads = _options.InterOpThreads,
                ExecutionProvider = _options.ExecutionProvider,
                InputPath = _options.InputPath,
            };
            var answer = worker.Ask(
                request => new Frame(FrameKind.Load, request, JsonSerializer.SerializeToUtf8Bytes(load, WorkerJson.Default.LoadRequest), default),
                _options.LoadTimeout,
                "load the model",
                cancellationToken);
            var loaded = worker.Deserialize(answer, WorkerJson.Default.LoadAnswer);
            Signature = new ModelSignature(loaded.Inputs, loaded.Outputs);
            _process = worker;
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }
}
