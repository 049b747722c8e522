using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EnergyManager.Core.Onnx.Runtime;
using Microsoft.Win32.SafeHandles;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>
/// The process that runs one model: the agent's own program under another subcommand. It answers requests on its standard
/// output, one after the other, and ends when its standard input does, whatever the native library is doing.
/// </summary>
internal sealed class InferenceWorker : IDisposable
{
    /// <summary>Subcommand, followed by the nice level.</summary>
    public const string Command = "inference-worker";

    // When memory runs out the kernel takes the process with the highest score: this one rather than the agent.
    private const string OutOfMemoryScore = "500";

    private readonly BlockingCollection<Frame> _requests = new(boundedCapacity: 4);
    private readonly Lock _cancelling = new();
    private readonly Stream _output;
    private (uint Request, CancellationTokenSource Source)? _current;
    private OnnxRunner? _runner;

    private InferenceWorker(Stream output) => _output = output;

    /// <summary>Works until the agent is gone.</summary>
    public static int Run(string[] arguments)
    {
        // A signal for the whole process group is for the agent, which then closes the pipe.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true);
        LowerPriority(arguments);
        using var worker = new InferenceWorker(TakeOutput());
        new Thread(worker.Receive) { IsBackground = true, Name = "requests" }.Start();
        worker.Answer();
        return 0;
    }

    public void Dispose()
    {
        _runner?.Dispose();
        _requests.Dispose();
        _output.Dispose();
    }

    private static void LowerPriority(string[] arguments)
    {
        if (arguments is [_, var level, ..] && int.TryParse(level, CultureInfo.InvariantCulture, out var nice) && nice > 0)
            _ = Native.Nice(nice);
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", OutOfMemoryScore);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not every container allows it; nothing else depends on it.
        }
    }

    /// <summary>Keeps standard output for the protocol and sends what the native library prints there to standard error.</summary>
    private static FileStream TakeOutput()
    {
        var descriptor = Native.Duplicate(1);
        if (descriptor < 0 || Native.Duplicate(2, 1) < 0)
            throw new IOException($"The output cannot be redirected (errno {Marshal.GetLastPInvokeError()}).");
        return new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    private void Receive()
    {
        try
        {
            using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
            while (Frame.Read(input) is { } frame)
            {
                if (frame.Kind == FrameKind.Cancel)
                    Cancel(frame.Request);
                else
                    _requests.Add(frame);
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException)
        {
            Console.Error.WriteLine($"The inference process cannot read from the agent: {exception.Message}");
        }
        Native.ExitNow(0);
    }

    private void Answer()
    {
        Send(new Frame(FrameKind.Hello, 0, default, default));
        foreach (var request in _requests.GetConsumingEnumerable())
        {
            using var source = new CancellationTokenSource();
            lock (_cancelling)
                _current = (request.Request, source);
            var answer = Handle(request, source.Token);
            lock (_cancelling)
                _current = null;
            Send(answer);
        }
    }

    private void Cancel(uint request)
    {
        lock (_cancelling)
        {
            if (_current is { } current && current.Request == request)
                current.Source.Cancel();
        }
    }

    private Frame Handle(Frame request, CancellationToken cancellationToken)
    {
        try
        {
            return request.Kind switch
            {
                FrameKind.Load => Load(request),
                FrameKind.Run => Run(request, cancellationToken),
                FrameKind.Predict => Predict(request, cancellationToken),
                _ => throw new InvalidDataException($"There is no request of kind {(int)request.Kind}."),
            };
        }
        catch (OperationCanceledException)
        {
            return new Frame(FrameKind.Cancelled, request.Request, default, default);
        }
        catch (OnnxRunnerException exception)
        {
            return Failed(request, exception.Reason);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Failed(request, exception.Message);
        }
    }

    private Frame Load(Frame request)
    {
        var load = Read(request, WorkerJson.Default.LoadRequest);
        _runner?.Dispose();
        _runner = null;
        var runner = OnnxRunner.Load(load.Path, new OnnxRunnerOptions
        {
            IntraOpThreads = load.Threads,
            InterOpThreads = load.InterOpThreads,
            ExecutionProvider = load.ExecutionProvider,
            PrepareInputs = load.InputPath is null,
        });
        try
        {
            if (load.InputPath is { } folder)
                runner.Prepare(InputFolder.Read(folder, runner.Inputs));
        }
        catch
        {
            runner.Dispose();
            throw;
        }
        _runner = runner;
        return Done(request, JsonSerializer.SerializeToUtf8Bytes(new LoadAnswer(runner.Inputs, runner.Outputs), WorkerJson.Default.LoadAnswer), default);
    }

    private Frame Run(Frame request, CancellationToken cancellationToken)
    {
        var run = Read(request, WorkerJson.Default.RunRequest);
        var runner = Loaded();
        if (run.LookAtOutputs)
        {
            var found = runner.FindNonFinite(cancellationToken);
            return Done(request, found is null ? default : JsonSerializer.SerializeToUtf8Bytes(new RunAnswer(Failure: null, found), WorkerJson.Default.RunAnswer), default);
        }
        var most = Math.Clamp(run.Maximum, 1, RunRequest.MostInferences);
        var spans = new List<InferenceSpan>();
        string? failure = null;
        var begin = Stopwatch.GetTimestamp();
        do
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                runner.RunSynthetic(cancellationToken);
            }
            catch (OnnxRunnerException exception)
            {
                failure = exception.Reason;
                break;
            }
            catch (OperationCanceledException) when (spans.Count > 0)
            {
                break;
            }
            spans.Add(new InferenceSpan(start, Stopwatch.GetTimestamp()));
        }
        while (spans.Count < most && Stopwatch.GetElapsedTime(begin).TotalMilliseconds < run.BudgetMs);
        var body = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(spans)).ToArray();
        return Done(request, failure is null ? default : JsonSerializer.SerializeToUtf8Bytes(new RunAnswer(failure), WorkerJson.Default.RunAnswer), body);
    }

    private Frame Predict(Frame request, CancellationToken cancellationToken)
    {
        var (inputs, list) = TensorFrames.Read(request);
        var outputs = Loaded().Run(inputs, out var elapsed, cancellationToken);
        var tensors = outputs.Select(static value => value as OnnxTensor
            ?? throw new ModelException($"Output '{value.Name}' is no tensor; predictions give tensors only.")).ToList();
        return TensorFrames.Write(FrameKind.Done, request.Request, tensors, elapsed.TotalMilliseconds, list.MaximumBytes);
    }

    private OnnxRunner Loaded() => _runner ?? throw new InvalidDataException("No model is loaded.");

    private void Send(Frame frame)
    {
        try
        {
            frame.Write(_output);
        }
        catch (IOException)
        {
            // Nobody reads any more: the agent is gone.
            Native.ExitNow(0);
        }
    }

    private static Frame Done(Frame request, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> body) => new(FrameKind.Done, request.Request, json, body);

    private static Frame Failed(Frame request, string message) =>
        new(FrameKind.Failed, request.Request, JsonSerializer.SerializeToUtf8Bytes(new Failure(message), WorkerJson.Default.Failure), default);

    private static T Read<T>(Frame frame, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(frame.Json.Span, type) ?? throw new InvalidDataException("The request is empty.");
}
