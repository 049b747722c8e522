using Microsoft.ML.OnnxRuntime;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>
/// One loaded ONNX model and inputs for it that are made once. For one caller at a time: a second waits for the first;
/// <see cref="Dispose"/> waits for a pass that is under way.
/// </summary>
public sealed class OnnxRunner : IDisposable
{
    private readonly Lock _gate = new();
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly string _fileName;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private bool _disposed;

    private OnnxRunner(InferenceSession session, string fileName, OnnxRunnerOptions options)
    {
        _session = session;
        _fileName = fileName;
        _inputNames = [.. session.InputMetadata.Keys];
        _outputNames = [.. session.OutputMetadata.Keys];
        Inputs = [.. session.InputMetadata.Select(Describe)];
        Outputs = [.. session.OutputMetadata.Select(Describe)];
        _inputs = CreateInputs(session, options);
    }

    /// <summary>Inputs, in the order of the graph. Weights that a graph also lists as inputs are not among them.</summary>
    public IReadOnlyList<OnnxTensorInfo> Inputs { get; }

    /// <summary>Outputs, in the order of the graph.</summary>
    public IReadOnlyList<OnnxTensorInfo> Outputs { get; }

    /// <summary>Loads and optimises a model (all graph optimisations) and prepares its inputs.</summary>
    /// <param name="path">An ONNX file.</param>
    /// <param name="options">Threads, execution provider, sizes of dynamic dimensions.</param>
    /// <exception cref="OnnxRunnerException">
    /// No such file, not a model that this runtime can load, an execution provider that it does not have, or inputs that
    /// cannot be made up.
    /// </exception>
    public static OnnxRunner Load(string path, OnnxRunnerOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (options.IntraOpThreads < 1)
            throw new ArgumentException($"IntraOpThreads is {options.IntraOpThreads}; at least 1 thread is needed.", nameof(options));
        var fileName = Path.GetFileName(path);
        if (!File.Exists(path))
            throw new OnnxRunnerException($"{fileName}: no such file.") { FileName = fileName };
        InferenceSession? session = null;
        try
        {
            using var sessionOptions = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = options.IntraOpThreads,
                InterOpNumThreads = 1,
                // Errors come as exceptions; the runtime would print them a second time.
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            sessionOptions.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            ExecutionProviders.Append(sessionOptions, options.ExecutionProvider, fileName);
            session = new InferenceSession(path, sessionOptions);
            return new OnnxRunner(session, fileName, options);
        }
        catch (OnnxRunnerException exception) when (exception.FileName.Length == 0)
        {
            session?.Dispose();
            throw new OnnxRunnerException($"{fileName}: {exception.Message}", exception) { FileName = fileName };
        }
        catch (OnnxRuntimeException exception)
        {
            session?.Dispose();
            throw OnnxRunnerException.Of(fileName, "cannot be loaded", exception.Message.Replace(path, fileName, StringComparison.Ordinal), exception);
        }
        catch (Exception exception) when (exception is DllNotFoundException or TypeInitializationException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw OnnxRunnerException.Of(
                fileName, "cannot be loaded", "the native library of ONNX Runtime is missing or does not fit this device: " + exception.GetBaseException().Message, exception);
        }
    }

    /// <summary>
    /// One forward pass on the prepared inputs; the results are dropped. Nothing but the runtime's own output buffers is
    /// allocated, and these are given back before the call returns.
    /// </summary>
    /// <param name="cancellationToken">Stops the pass between two operators.</param>
    /// <exception cref="OnnxRunnerException">The runtime failed.</exception>
    /// <exception cref="OperationCanceledException">The pass was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The runner was disposed.</exception>
    public void RunSynthetic(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            try
            {
                using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, _runOptions);
                using var results = _session.Run(_runOptions, _inputNames, _inputs, _outputNames);
            }
            catch (OnnxRuntimeException exception)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw OnnxRunnerException.Of(_fileName, "failed while running", exception.Message, exception);
            }
            finally
            {
                _runOptions.Terminate = false;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (var input in _inputs)
                input.Dispose();
            _runOptions.Dispose();
            _session.Dispose();
        }
    }

    private static OrtValue[] CreateInputs(InferenceSession session, OnnxRunnerOptions options)
    {
        var random = new Random(options.Seed);
        var elementsLeft = options.MaximumInputElements;
        var inputs = new List<OrtValue>();
        try
        {
            foreach (var (name, metadata) in session.InputMetadata)
                inputs.Add(SyntheticInputs.Create(name, metadata, options, random, ref elementsLeft));
            return [.. inputs];
        }
        catch
        {
            foreach (var input in inputs)
                input.Dispose();
            throw;
        }
    }

    private static OnnxTensorInfo Describe(KeyValuePair<string, NodeMetadata> value) => value.Value.IsTensor
        ? new(value.Key, value.Value.ElementDataType.ToString().ToLowerInvariant(), [.. value.Value.Dimensions.Select(size => size < 0 ? null : (long?)size)])
        : new(value.Key, value.Value.OnnxValueType.ToString().ToLowerInvariant(), []);
}
