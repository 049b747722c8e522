using System.Diagnostics;
using System.Text.Json;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>
/// The agent's end of one worker. Requests go one at a time. Whatever goes wrong with the process, dead, hung or talking
/// nonsense, ends in one <see cref="ModelCrashException"/> that says so, and the process is gone.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    // A worker that was asked to stop answers between two operators; one that does not is not waited for.
    private static readonly TimeSpan CancelGrace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(2);

    private readonly Lock _writing = new();
    private readonly Process _process;
    private readonly Stream _requests;
    private readonly Stream _answers;
    private readonly TimeProvider _time;
    private uint _request;
    private volatile string? _killedBecause;

    private WorkerProcess(Process process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _requests = process.StandardInput.BaseStream;
        _answers = process.StandardOutput.BaseStream;
        Id = process.Id;
    }

    public int Id { get; }

    /// <summary>Starts a worker and waits for its first message.</summary>
    /// <exception cref="ModelCrashException">It does not start.</exception>
    public static WorkerProcess Start(WorkerCommand command, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        // Standard error is the agent's own: what a native library says before it dies is in the journal.
        var start = new ProcessStartInfo(command.Program, command.Arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        // The credential, and the sockets of systemd, are nothing for a process that runs other people's models.
        foreach (var name in start.Environment.Keys.Where(IsPrivate).ToList())
            start.Environment.Remove(name);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            throw new ModelCrashException($"The inference process cannot be started: {exception.Message}", exception);
        }
        var worker = new WorkerProcess(process, time);
        try
        {
            worker.Receive(0, FrameKind.Hello, timeout, "start", cancellationToken);
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <param name="compose">Makes the frame from the number of the request.</param>
    /// <param name="timeout">Longest wait; then the process is killed.</param>
    /// <param name="what">What it is doing, for the message: "load the model".</param>
    /// <param name="cancellationToken">Asks the worker to stop.</param>
    /// <exception cref="ModelException">The worker says that it failed.</exception>
    /// <exception cref="ModelCrashException">The process died, hung or sent nonsense.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Frame Ask(Func<uint, Frame> compose, TimeSpan timeout, string what, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = ++_request;
        var frame = compose(request);
        try
        {
            lock (_writing)
                frame.Write(_requests);
        }
        catch (IOException exception)
        {
            throw Died(exception);
        }
        return Receive(request, FrameKind.Done, timeout, what, cancellationToken);
    }

    /// <summary>What the process takes now, or <c>null</c> when it is gone.</summary>
    public WorkerUsage? ReadUsage()
    {
        try
        {
            return _process.HasExited ? null : new WorkerUsage(Id, _process.TotalProcessorTime.TotalSeconds, ResidentBytes());
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public void Dispose()
    {
        try
        {
            // The end of its input is what ends a worker, at once and whatever it is doing.
            lock (_writing)
                _requests.Dispose();
            if (!_process.WaitForExit(ExitGrace))
                _process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException)
        {
            // It was gone already.
        }
        _answers.Dispose();
        _process.Dispose();
    }

    private Frame Receive(uint request, FrameKind expected, TimeSpan timeout, string what, CancellationToken cancellationToken)
    {
        // The read itself cannot be given up; a process that is killed ends it.
        using var watchdog = _time.CreateTimer(
            _ => Kill(FormattableString.Invariant($"did not {what} within {timeout.TotalSeconds:0.#} s")), state: null, timeout, Timeout.InfiniteTimeSpan);
        Frame answer;
        try
        {
            using var cancellation = cancellationToken.UnsafeRegister(_ => Cancel(request, watchdog, timeout), state: null);
            answer = Frame.Read(_answers) ?? throw new EndOfStreamException();
        }
        catch (InvalidDataException exception)
        {
            throw Nonsense(exception.Message);
        }
        catch (IOException exception)
        {
            throw Died(exception);
        }
        if (answer.Request != request)
            throw Nonsense($"it answered request {answer.Request} instead of {request}");
        switch (answer.Kind)
        {
            case FrameKind.Cancelled:
                throw new OperationCanceledException(cancellationToken);
            case FrameKind.Failed:
                throw new ModelException(Deserialize(answer, WorkerJson.Default.Failure).Message);
            default:
                return answer.Kind == expected ? answer : throw Nonsense($"its answer is of kind {(int)answer.Kind}");
        }
    }

    /// <summary>The JSON of an answer.</summary>
    /// <exception cref="ModelCrashException">It is none.</exception>
    public T Deserialize<T>(Frame answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Json.Span, type) ?? throw Nonsense("its answer is empty");
        }
        catch (JsonException exception)
        {
            throw Nonsense(exception.Message);
        }
    }

    /// <summary>Ends a process that talks nonsense.</summary>
    public ModelCrashException Nonsense(string what)
    {
        Kill($"was ended because {what}");
        return Died(innerException: null);
    }

    private void Cancel(uint request, ITimer watchdog, TimeSpan timeout)
    {
        // The hello of a worker that is only starting cannot be hurried; nobody waits for it longer than its timeout.
        if (request == 0)
            return;
        watchdog.Change(timeout < CancelGrace ? timeout : CancelGrace, Timeout.InfiniteTimeSpan);
        try
        {
            lock (_writing)
                new Frame(FrameKind.Cancel, request, default, default).Write(_requests);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process is gone, which whoever reads its answers notices.
        }
    }

    private void Kill(string because)
    {
        _killedBecause ??= because;
        try
        {
            _process.Kill();
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It was gone already.
        }
    }

    private ModelCrashException Died(Exception? innerException)
    {
        if (_killedBecause is { } because)
            return new ModelCrashException($"The inference process {because}.", innerException);
        if (!_process.WaitForExit(ExitGrace))
        {
            Kill("closed its output without ending");
            return new ModelCrashException($"The inference process {_killedBecause}.", innerException);
        }
        return new ModelCrashException($"The inference process died: {ExitReason.Describe(_process.ExitCode)}.", innerException);
    }

    /// <summary>Resident memory from <c>/proc/[pid]/statm</c>, for example <c>5678 1234 ...</c>: the second field in pages.</summary>
    private long ResidentBytes()
    {
        var fields = File.ReadAllText($"/proc/{Id}/statm").Split(' ');
        return fields.Length > 1 && long.TryParse(fields[1], System.Globalization.CultureInfo.InvariantCulture, out var pages) ? pages * Environment.SystemPageSize : 0;
    }

    private static bool IsPrivate(string name) =>
        name.StartsWith("EnergyManager", StringComparison.OrdinalIgnoreCase) || name is "NOTIFY_SOCKET" or "WATCHDOG_USEC" or "WATCHDOG_PID" or "LISTEN_FDS";
}
