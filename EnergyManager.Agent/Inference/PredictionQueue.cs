using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference;

/// <summary>Predictions that wait for the inference thread. Bounded: who comes when it is full is refused and counted.</summary>
internal sealed class PredictionQueue(int maximum)
{
    private readonly Lock _lock = new();
    private readonly Queue<PendingPrediction> _waiting = new();
    private long _refused;

    /// <summary>Predictions that were refused since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Puts a prediction at the end.</summary>
    /// <exception cref="PredictionRefusedException">The queue is full.</exception>
    public PendingPrediction Add(IModelRunner runner, IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Count >= maximum)
                throw Refuse($"{_waiting.Count} predictions wait already: try again later.");
            var pending = new PendingPrediction(runner, inputs, cancellationToken);
            _waiting.Enqueue(pending);
            return pending;
        }
    }

    /// <summary>Counts a refusal.</summary>
    public PredictionRefusedException Refuse(string reason)
    {
        Interlocked.Increment(ref _refused);
        return new PredictionRefusedException(reason);
    }

    /// <summary>The next prediction for a runner, or <c>null</c>; those for another one fail.</summary>
    public PendingPrediction? Take(IModelRunner runner)
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var pending))
            {
                if (ReferenceEquals(pending.Runner, runner))
                    return pending;
                pending.Fail(Refuse("Another model took the place of the one that was asked: ask again."));
            }
            return null;
        }
    }

    /// <summary>Refuses all that wait.</summary>
    public void RefuseAll(string reason)
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var pending))
                pending.Fail(Refuse(reason));
        }
    }
}

/// <summary>A prediction that waits.</summary>
internal sealed class PendingPrediction(IModelRunner runner, IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<Prediction> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IModelRunner Runner => runner;

    public Task<Prediction> Answer => _answer.Task;

    /// <summary>Runs it on the calling thread.</summary>
    /// <param name="made">Told of the prediction before whoever waits: what counts it has counted it when the answer is seen.</param>
    /// <param name="stopping">Ends it.</param>
    /// <exception cref="ModelException">It failed, as whoever waits is told too.</exception>
    public void Run(Action<Prediction> made, CancellationToken stopping)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            _answer.TrySetCanceled(cancellationToken);
            return;
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        try
        {
            var prediction = runner.Predict(inputs, either.Token);
            made(prediction);
            _answer.TrySetResult(prediction);
        }
        catch (OperationCanceledException)
        {
            _answer.TrySetCanceled(cancellationToken);
        }
        catch (Exception exception)
        {
            _answer.TrySetException(exception);
            throw;
        }
    }

    public void Fail(Exception exception) => _answer.TrySetException(exception);
}

/// <summary>A prediction that cannot be made now; the message says why, and it may be asked for again.</summary>
public sealed class PredictionRefusedException(string message) : Exception(message);
