using System.Diagnostics;
using System.Runtime.InteropServices;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference;

/// <summary>A loaded model. The seam behind which inference runs in a process of its own. For one caller at a time.</summary>
public interface IModelRunner : IDisposable
{
    /// <summary>What the model takes and gives.</summary>
    ModelSignature Signature { get; }

    /// <summary>What the process that runs the model takes, or <c>null</c> where there is none now.</summary>
    WorkerUsage? Usage => null;

    /// <summary>Runs one inference on the prepared input to its end.</summary>
    /// <exception cref="ModelException">The runtime reports an error.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    void Run(CancellationToken cancellationToken);

    /// <summary>
    /// Runs inferences back to back on the prepared input: at least one, then on until the time is up. One exchange with the
    /// process that runs the model covers all of them.
    /// </summary>
    /// <param name="maximum">Most inferences; 1 or more.</param>
    /// <param name="budget">Time after which no further one begins.</param>
    /// <param name="cancellationToken">Stops them; those that ended count.</param>
    /// <exception cref="ModelCrashException">The process that runs the model died or hung.</exception>
    /// <exception cref="OperationCanceledException">They were stopped before one ended.</exception>
    InferenceBatch RunBatch(int maximum, TimeSpan budget, CancellationToken cancellationToken)
    {
        var spans = new List<InferenceSpan>();
        var begin = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                Run(cancellationToken);
            }
            catch (ModelException exception) when (exception is not ModelCrashException)
            {
                return new InferenceBatch(spans, exception);
            }
            catch (OperationCanceledException) when (spans.Count > 0)
            {
                break;
            }
            spans.Add(new InferenceSpan(start, Stopwatch.GetTimestamp()));
        }
        while (spans.Count < maximum && Stopwatch.GetElapsedTime(begin) < budget);
        return new InferenceBatch(spans, Failure: null);
    }

    /// <summary>Runs one inference on the prepared input and looks at what it gives.</summary>
    /// <returns>What is not finite, in words, or <c>null</c>.</returns>
    /// <exception cref="ModelException">The runtime reports an error.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    string? FindNonFiniteOutput(CancellationToken cancellationToken);

    /// <summary>Runs one inference on given input.</summary>
    /// <exception cref="ModelException">An input does not fit the model, or the runtime reports an error.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    Prediction Predict(IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken);
}

/// <summary>Loads models for execution.</summary>
public interface IModelLoader
{
    /// <summary>Extensions of the formats that can be executed, with the dot, in lower case.</summary>
    IReadOnlyList<string> Formats { get; }

    /// <summary>Loads a model file.</summary>
    /// <exception cref="ModelException">The file is not a model that this runtime can execute.</exception>
    IModelRunner Load(string path);
}

/// <summary>Inputs and outputs of a model.</summary>
public sealed record ModelSignature(IReadOnlyList<OnnxTensorInfo> Inputs, IReadOnlyList<OnnxTensorInfo> Outputs);

/// <summary>One inference, on the monotonic clock that all processes of a device share (<see cref="Stopwatch"/>).</summary>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct InferenceSpan(long Start, long End)
{
    public TimeSpan Length => Stopwatch.GetElapsedTime(Start, End);
}

/// <summary>Inferences that ran one after the other.</summary>
/// <param name="Spans">Those that ended, in order.</param>
/// <param name="Failure">What ended the batch early, or <c>null</c>.</param>
public sealed record InferenceBatch(IReadOnlyList<InferenceSpan> Spans, ModelException? Failure);

/// <summary>What an inference on given input gave.</summary>
/// <param name="Outputs">Every output, in the order of the model.</param>
/// <param name="Latency">Time of the pass itself.</param>
public sealed record Prediction(IReadOnlyList<OnnxTensor> Outputs, TimeSpan Latency);

/// <summary>What the process that runs a model takes of the device.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="CpuSeconds">Its processor time so far.</param>
/// <param name="ResidentBytes">Its resident memory.</param>
public sealed record WorkerUsage(int ProcessId, double CpuSeconds, long ResidentBytes);

/// <summary>A model cannot be loaded or run; the message is the runtime's, for people.</summary>
public class ModelException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The process that runs a model died, hung or talked nonsense. It is started again with the next inference.</summary>
public sealed class ModelCrashException(string message, Exception? innerException = null) : ModelException(message, innerException);
