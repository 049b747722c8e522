using System.Diagnostics;
using EnergyManager.Agent.Inference;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Tests.Agent.Inference;

/// <summary>
/// Loads "models" whose file says how they behave: <c>ok</c>, <c>refuse</c> (does not load), <c>fail</c> (every inference
/// fails), <c>nan</c> (its outputs are not finite), <c>slow</c> (every inference takes 30 ms),
/// <c>crash</c> (every inference ends its process), <c>dies</c> (those after
/// the twentieth do). It stands in for the native runtime, whose own tests are elsewhere.
/// </summary>
internal sealed class FakeModels : IModelLoader
{
    private int _alive;

    public IReadOnlyList<string> Formats { get; } = [".onnx"];

    /// <summary>Runners that were loaded and not disposed.</summary>
    public int Alive => Volatile.Read(ref _alive);

    public IModelRunner Load(string path)
    {
        var behaviour = File.ReadAllText(path).Trim('\0', ' ');
        if (behaviour.StartsWith("refuse", StringComparison.Ordinal))
            throw new ModelException("no graph in it");
        Interlocked.Increment(ref _alive);
        return new FakeRunner(behaviour.Split(' ')[0], () => Interlocked.Decrement(ref _alive));
    }
}

internal sealed class FakeRunner(string behaviour, Action? disposed = null) : IModelRunner
{
    private readonly Lock _lock = new();
    private int _runs;

    public int Runs => Volatile.Read(ref _runs);

    public bool IsDisposed { get; private set; }

    public ModelSignature Signature { get; } = new([new OnnxTensorInfo("x", "float", [null])], [new OnnxTensorInfo("y", "float", [null])]);

    public void Run(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(IsDisposed, this);
            Interlocked.Increment(ref _runs);
            switch (behaviour)
            {
                case "dies" when Runs > 20:
                case "crash":
                    throw new ModelCrashException("The inference process died: signal 11 (segmentation fault).");
                case "fail":
                    throw new ModelException("operator Broken is not implemented");
                case "slow":
                    cancellationToken.WaitHandle.WaitOne(30);
                    break;
            }
        }
    }

    public string? FindNonFiniteOutput(CancellationToken cancellationToken)
    {
        Run(cancellationToken);
        return behaviour == "nan" ? "output 'y' holds 10 numbers that are NaN or infinite" : null;
    }

    /// <summary>Gives its only input back as its output.</summary>
    public Prediction Predict(IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        Run(cancellationToken);
        return new Prediction([new OnnxTensor("y", inputs[0].ElementType, inputs[0].Shape, inputs[0].Data)], Stopwatch.GetElapsedTime(start));
    }

    public void Dispose()
    {
        lock (_lock)
            IsDisposed = true;
        disposed?.Invoke();
    }
}
