using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>
/// One loaded ONNX model, run on given inputs or, again and again, on inputs that are prepared once. For one caller at a time:
/// a second waits for the first; <see cref="Dispose"/> waits for a pass that is under way.
/// </summary>
public sealed class OnnxRunner : IDisposable
{
    private readonly Lock _gate = new();
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
    private readonly string _fileName;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OnnxRunnerOptions _options;
    private OrtValue[]? _prepared;
    private bool _disposed;

    private OnnxRunner(InferenceSession session, string fileName, OnnxRunnerOptions options)
    {
        (_session, _fileName, _options) = (session, fileName, options);
        _inputNames = [.. session.InputNames];
        _outputNames = [.. session.OutputNames];
        Inputs = [.. _inputNames.Select(name => Describe(name, session.InputMetadata[name]))];
        Outputs = [.. _outputNames.Select(name => Describe(name, session.OutputMetadata[name]))];
        if (options.PrepareInputs)
            _prepared = CreateInputs();
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
        if (options.InterOpThreads < 1)
            throw new ArgumentException($"InterOpThreads is {options.InterOpThreads}; at least 1 thread is needed.", nameof(options));
        var fileName = Path.GetFileName(path);
        if (!File.Exists(path))
            throw new OnnxRunnerException($"{fileName}: no such file.") { FileName = fileName };
        InferenceSession? session = null;
        try
        {
            using var sessionOptions = new SessionOptions
            {
                GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
                ExecutionMode = options.InterOpThreads > 1 ? ExecutionMode.ORT_PARALLEL : ExecutionMode.ORT_SEQUENTIAL,
                IntraOpNumThreads = options.IntraOpThreads,
                InterOpNumThreads = options.InterOpThreads,
                // Errors come as exceptions; the runtime would print them a second time.
                LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
            };
            sessionOptions.AddSessionConfigEntry("session.intra_op.allow_spinning", options.AllowSpinning ? "1" : "0");
            sessionOptions.AddSessionConfigEntry("session.inter_op.allow_spinning", options.AllowSpinning ? "1" : "0");
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
            throw OnnxRunnerException.Of(fileName, "cannot be loaded", InWords(exception.Message.Replace(path, fileName, StringComparison.Ordinal)), exception);
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
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var results = Pass(_prepared ??= CreateInputs(), cancellationToken);
        }
    }

    /// <summary>One forward pass on the prepared inputs whose outputs are searched for NaN and infinity.</summary>
    /// <param name="cancellationToken">Stops the pass between two operators.</param>
    /// <returns>The first output with such a number, in words, or <c>null</c> when all are finite. Outputs that hold no floating-point numbers are.</returns>
    /// <exception cref="OnnxRunnerException">The runtime failed.</exception>
    /// <exception cref="OperationCanceledException">The pass was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The runner was disposed.</exception>
    public string? FindNonFinite(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var results = Pass(_prepared ??= CreateInputs(), cancellationToken);
            return results.Select((value, i) => OrtValues.CountNonFinite(value) is > 0 and var count
                ? string.Create(CultureInfo.InvariantCulture, $"output '{_outputNames[i]}' holds {count} numbers that are NaN or infinite")
                : null).FirstOrDefault(found => found is not null);
        }
    }

    /// <summary>One forward pass on given inputs.</summary>
    /// <param name="inputs">One value for every input of the model, in any order.</param>
    /// <param name="elapsed">Time of the pass itself, without copying inputs and outputs.</param>
    /// <param name="cancellationToken">Stops the pass between two operators.</param>
    /// <returns>Every output, in the order of the model.</returns>
    /// <exception cref="OnnxRunnerException">An input is missing, unknown or does not fit, or the runtime failed.</exception>
    /// <exception cref="OperationCanceledException">The pass was stopped.</exception>
    /// <exception cref="ObjectDisposedException">The runner was disposed.</exception>
    public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, out TimeSpan elapsed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var ordered = InOrder(inputs);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var values = OrtValues.All(ordered, OrtValues.ToOrt);
            try
            {
                var start = Stopwatch.GetTimestamp();
                using var results = Pass(values, cancellationToken);
                elapsed = Stopwatch.GetElapsedTime(start);
                return [.. results.Select((value, i) => OrtValues.FromOrt(_outputNames[i], value))];
            }
            catch (OnnxRuntimeException exception)
            {
                throw OnnxRunnerException.Of(_fileName, "has an output that cannot be read", exception.Message, exception);
            }
            finally
            {
                foreach (var value in values)
                    value.Dispose();
            }
        }
    }

    /// <inheritdoc cref="Run(IReadOnlyList{OnnxValue}, out TimeSpan, CancellationToken)"/>
    public IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs, CancellationToken cancellationToken) => Run(inputs, out _, cancellationToken);

    /// <summary>Puts given inputs in the place of the synthetic ones for <see cref="RunSynthetic"/>.</summary>
    /// <exception cref="OnnxRunnerException">An input is missing, unknown or does not fit.</exception>
    public void Prepare(IReadOnlyList<OnnxValue> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var values = OrtValues.All(InOrder(inputs), OrtValues.ToOrt);
        lock (_gate)
        {
            Release(_prepared);
            _prepared = values;
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
            Release(_prepared);
            _runOptions.Dispose();
            _session.Dispose();
        }
    }

    private IDisposableReadOnlyCollection<OrtValue> Pass(OrtValue[] inputs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var registration = cancellationToken.UnsafeRegister(static state => ((RunOptions)state!).Terminate = true, _runOptions);
            return _session.Run(_runOptions, _inputNames, inputs, _outputNames);
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

    /// <summary>Says which type it is that the package does not know: <c>Unregistered TensorElementType value of: 19</c>.</summary>
    private static string InWords(string message)
    {
        const string words = "Unregistered TensorElementType value of: ";
        var at = message.IndexOf(words, StringComparison.Ordinal);
        // The package calls the first number that it does not know by the name of its end mark.
        return at >= 0 && Enum.TryParse<TensorElementType>(message[(at + words.Length)..], out var number) && Enum.IsDefined((OnnxElementType)(int)number)
            ? $"an input or output has elements of type {((OnnxElementType)(int)number).Name()}, which the .NET package of ONNX Runtime does not know"
            : message;
    }

    private List<OnnxValue> InOrder(IReadOnlyList<OnnxValue> inputs)
    {
        OnnxSignature.Check(inputs, Inputs);
        return [.. Inputs.Select(input => inputs.First(value => value.Name == input.Name))];
    }

    private OrtValue[] CreateInputs()
    {
        var random = new Random(_options.Seed);
        var elementsLeft = _options.MaximumInputElements;
        return OrtValues.All(_inputNames, name => SyntheticInputs.Create(name, _session.InputMetadata[name], _options, random, ref elementsLeft));
    }

    private static void Release(OrtValue[]? values)
    {
        foreach (var value in values ?? [])
            value.Dispose();
    }

    private static OnnxTensorInfo Describe(string name, NodeMetadata metadata) => metadata.IsTensor
        ? new(name, ((OnnxElementType)(int)metadata.ElementDataType).Name(), [.. metadata.Dimensions.Select(size => size < 0 ? null : (long?)size)])
        : new(name, Kind(metadata.OnnxValueType), []);

    private static string Kind(OnnxValueType type) => type switch
    {
        OnnxValueType.ONNX_TYPE_SEQUENCE => OnnxTensorInfo.Sequence,
        OnnxValueType.ONNX_TYPE_MAP => OnnxTensorInfo.Map,
        OnnxValueType.ONNX_TYPE_OPTIONAL => OnnxTensorInfo.Optional,
        _ => type.ToString().ToLowerInvariant(),
    };
}
