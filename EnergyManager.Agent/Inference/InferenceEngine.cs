using System.Diagnostics;
using System.Threading.Channels;
using EnergyManager.Agent.Inference.Health;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference;

/// <summary>A model that runs.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Sha256">Its artifact.</param>
/// <param name="DeploymentId">The deployment that put it there.</param>
/// <param name="RatePerSecond">Inferences per second; 0 runs back to back.</param>
/// <param name="Runner">The loaded model; the engine disposes it when another one takes its place.</param>
public sealed record ActiveModel(string Model, string Sha256, string DeploymentId, double RatePerSecond, IModelRunner Runner)
{
    /// <summary>What it may take.</summary>
    public ModelLimits Limits { get; init; } = ModelLimits.None;
}

/// <summary>
/// Runs the active model at its rate on a thread of its own: inference blocks for long and belongs in no pool. When the board
/// cannot keep the rate, inferences that are overdue are left out, not caught up with. A model whose process dies is started
/// again after a growing pause; one that dies too often is given up (<see cref="NextGivenUpAsync"/>), as is one that <see cref="ModelWatch"/> finds unfit.
/// </summary>
public sealed class InferenceEngine : IDisposable
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    // Back to back, inferences run in groups of this length: long enough that the exchange with their process costs under 1 %,
    // short enough that a telemetry window of a second is off by 2 % at most, which the next one makes good.
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Lock _turn = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly InferenceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<InferenceEngine> _logger;
    private readonly Thread _thread;
    private readonly PredictionQueue _predictions;
    private readonly Channel<GivenUpModel> _givenUp = Channel.CreateBounded<GivenUpModel>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
    private ActiveModel? _active;
    private LatencyWindow _window;
    private EngineHold? _hold;
    private volatile CrashRecord _crashes;
    private long _crashCount;
    private long _predictionCount;
    private WorkerUsage? _lastUsage;
    private double _endedCpuSeconds;

    public InferenceEngine(InferenceOptions options, TimeProvider time, ILogger<InferenceEngine> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _window = new LatencyWindow(options.MaximumLatencies);
        _crashes = new CrashRecord(options, time);
        _predictions = new PredictionQueue(options.MaximumPredictions);
        _thread = new Thread(Run) { IsBackground = true, Name = "inference" };
        _thread.Start();
    }

    public ActiveModel? Active
    {
        get
        {
            lock (_lock)
                return _active;
        }
    }

    /// <summary>Message of the last inference that failed since the model was set, or <c>null</c>.</summary>
    public string? LastError { get; private set; }

    /// <summary>Puts another model, or none, in the place of the active one. The old one is disposed after its last inference.</summary>
    public void Switch(ActiveModel? model)
    {
        lock (_lock)
        {
            _active = model;
            _window = new LatencyWindow(_options.MaximumLatencies);
            LastError = null;
        }
        _changed.Set();
    }

    /// <summary>What inference takes and did, apart from the agent itself.</summary>
    public InferenceUsage Usage
    {
        get
        {
            var process = Active?.Runner.Usage;
            lock (_lock)
            {
                if (_lastUsage is { } last && last.ProcessId != process?.ProcessId)
                    _endedCpuSeconds += last.CpuSeconds;
                _lastUsage = process;
                return new InferenceUsage(
                    process, _endedCpuSeconds + (process?.CpuSeconds ?? 0), _crashCount, _predictionCount, _predictions.Refused);
            }
        }
    }

    /// <summary>Does something that must have the board to itself, between two inferences. The model stays loaded.</summary>
    public void Alone(Action work)
    {
        lock (_turn)
            work();
    }

    /// <summary>Stops a model for good, if it is still the active one; whoever waits for <see cref="NextGivenUpAsync"/> is told.</summary>
    public void GiveUp(ActiveModel model, string reason)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_active?.Runner, model.Runner))
                return;
            _logger.LogError("{Model} is given up: {Reason}", model.Model, reason);
            _active = null;
            LastError = reason;
            _givenUp.Writer.TryWrite(new GivenUpModel(model, reason));
        }
        _changed.Set();
    }

    /// <summary>Waits for a model whose process died so often that the engine gave it up.</summary>
    public ValueTask<GivenUpModel> NextGivenUpAsync(CancellationToken cancellationToken) => _givenUp.Reader.ReadAsync(cancellationToken);

    /// <summary>Runs one inference of the active model on given input, between those of its rate. It counts in the window as they do.</summary>
    /// <exception cref="PredictionRefusedException">No model runs, somebody has the board alone, or too many wait already.</exception>
    /// <exception cref="ModelException">The input does not fit, or the inference failed.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up, or the agent ends.</exception>
    public async Task<(ActiveModel Model, Prediction Prediction)> PredictAsync(IReadOnlyList<OnnxTensor> inputs, CancellationToken cancellationToken)
    {
        ActiveModel model;
        PendingPrediction pending;
        lock (_lock)
        {
            if (_hold is not null)
                throw _predictions.Refuse("A benchmark has the board to itself: try again when it has ended.");
            model = _active ?? throw _predictions.Refuse("No model runs on this device.");
            pending = _predictions.Add(model.Runner, inputs, cancellationToken);
        }
        _changed.Set();
        return (model, await pending.Answer.WaitAsync(cancellationToken));
    }

    /// <summary>Whether somebody holds the engine: the active model is not in memory and does not run.</summary>
    public bool IsHeld => CurrentHold is not null;

    /// <summary>Ends the inference under way, takes the model out of memory and keeps still until the hold is disposed.</summary>
    /// <exception cref="InvalidOperationException">The engine is held already.</exception>
    public async Task<EngineHold> HoldAsync(CancellationToken cancellationToken)
    {
        EngineHold hold;
        lock (_lock)
        {
            if (_hold is not null)
                throw new InvalidOperationException("The inference engine is held already.");
            _hold = hold = new EngineHold(this, _active);
        }
        _changed.Set();
        // An inference cannot be stopped half-way: who gives up waiting for its end leaves the model where it is.
        await hold.Parked.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (Withdraw(hold))
            throw new OperationCanceledException(cancellationToken);
        await hold.Parked;
        return hold;
    }

    /// <summary>Closes the window of the active model and begins the next; <c>null</c> when none is active.</summary>
    public ModelWindow? TakeWindow()
    {
        lock (_lock)
        {
            if (_active is null)
                return null;
            var window = new ModelWindow(_active, _window);
            _window = new LatencyWindow(_options.MaximumLatencies);
            return window;
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _changed.Set();
        // A long inference is not waited for: the process ends anyway, and its runner with it.
        if (_thread.Join(TimeSpan.FromSeconds(1)))
        {
            _changed.Dispose();
            _stopping.Dispose();
        }
    }

    internal void Reload(EngineHold hold, IModelRunner runner)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_hold, hold) && hold.Model is { } unloaded && ReferenceEquals(_active?.Runner, unloaded.Runner))
            {
                _active = _active with { Runner = runner };
                return;
            }
        }
        runner.Dispose();
    }

    internal void Release(EngineHold hold)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_hold, hold))
                return;
            _hold = null;
            // Nothing was loaded in its place: a runner that is disposed must not be run.
            if (hold.Model is { } unloaded && ReferenceEquals(_active?.Runner, unloaded.Runner))
                _active = null;
        }
        _changed.Set();
    }

    private EngineHold? CurrentHold
    {
        get
        {
            lock (_lock)
                return _hold;
        }
    }

    /// <summary>Takes back a hold that has not begun.</summary>
    private bool Withdraw(EngineHold hold)
    {
        lock (_lock)
        {
            if (hold.HasBegun)
                return false;
            _hold = null;
            return true;
        }
    }

    /// <summary>Begins a hold, if there is one to begin; true while there is one.</summary>
    private bool Park(ActiveModel? current)
    {
        EngineHold? hold;
        lock (_lock)
        {
            hold = _hold;
            if (hold is null || hold.HasBegun)
                return hold is not null;
            hold.HasBegun = true;
        }
        current?.Runner.Dispose();
        hold.SetParked();
        return true;
    }

    private void Run()
    {
        ActiveModel? current = null;
        var due = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            if (Park(current))
            {
                current = null;
                _predictions.RefuseAll("A benchmark has the board to itself: try again when it has ended.");
                _changed.WaitOne();
                continue;
            }
            var active = Active;
            if (!ReferenceEquals(active?.Runner, current?.Runner))
            {
                current?.Runner.Dispose();
                due = _time.GetTimestamp();
                _crashes = new CrashRecord(_options, _time);
            }
            current = active;
            if (current is null)
            {
                _predictions.RefuseAll("No model runs on this device.");
                _changed.WaitOne();
                continue;
            }
            if (_crashes.IsWaiting)
            {
                _predictions.RefuseAll("The inference process died and is being started again: try again later.");
            }
            else if (_predictions.Take(current.Runner) is { } prediction)
            {
                lock (_turn)
                    due = Later(due, Later(_time.GetTimestamp(), Predict(current, prediction)));
                continue;
            }
            var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
            {
                // Whole milliseconds, rounded up; the due times themselves do not drift.
                _changed.WaitOne((int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), 60_000));
                continue;
            }
            lock (_turn)
                due = RunGroup(current, due);
        }
        current?.Runner.Dispose();
        _predictions.RefuseAll("The agent ends.");
    }

    /// <summary>Runs the inference that is due, or, back to back, a group of them, and returns when the next is due.</summary>
    private long RunGroup(ActiveModel model, long due)
    {
        var backToBack = model.RatePerSecond <= 0;
        var pause = backToBack ? TimeSpan.Zero : TimeSpan.FromSeconds(1 / model.RatePerSecond);
        try
        {
            var batch = backToBack
                ? model.Runner.RunBatch(int.MaxValue, Group, _stopping.Token)
                : model.Runner.RunBatch(1, TimeSpan.Zero, _stopping.Token);
            Count(model, batch.Spans);
            if (batch.Failure is not null)
                pause = Longer(pause, Count(model, batch.Failure));
        }
        catch (OperationCanceledException)
        {
            return due;
        }
        catch (Exception exception)
        {
            pause = Longer(pause, Count(model, exception));
        }
        return Later(Later(due, pause), _time.GetTimestamp());
    }

    /// <summary>Runs a prediction and returns how long to keep still afterwards.</summary>
    private TimeSpan Predict(ActiveModel model, PendingPrediction pending)
    {
        var start = _time.GetTimestamp();
        try
        {
            pending.Run(
                prediction =>
                {
                    Interlocked.Increment(ref _predictionCount);
                    Count(model, [new InferenceSpan(start, start + (long)(prediction.Latency.TotalSeconds * Stopwatch.Frequency))]);
                },
                _stopping.Token);
            return TimeSpan.Zero;
        }
        catch (ModelCrashException crash)
        {
            return Count(model, crash);
        }
        catch (Exception)
        {
            // Input that does not fit is the caller's error, not the model's; the caller has the exception.
            return TimeSpan.Zero;
        }
    }

    private void Count(ActiveModel model, IReadOnlyList<InferenceSpan> spans)
    {
        if (spans.Count == 0)
            return;
        _crashes.Succeeded();
        lock (_lock)
        {
            if (!ReferenceEquals(_active?.Runner, model.Runner))
                return;
            foreach (var span in spans)
                _window.AddSuccess(span.Length);
        }
    }

    /// <summary>Counts a failure and returns how long to pause: a model that fails at once must not burn the processor.</summary>
    private TimeSpan Count(ActiveModel model, Exception exception)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_active?.Runner, model.Runner))
                return TimeSpan.Zero;
            _window.AddError();
            if (LastError is null)
                _logger.LogError(exception, "An inference of {Model} failed; the window counts how many do.", model.Model);
            LastError = exception.Message;
            if (exception is not ModelCrashException)
                return PauseAfterError;
            _crashCount++;
            var pause = _crashes.Add();
            if (_crashes.IsEnough)
                GiveUp(model, FormattableString.Invariant($"{exception.Message} It did so {_crashes.Count} times within {_options.CrashPeriod}."));
            else
                _logger.LogWarning("{Reason} It is started again in {Seconds} s.", exception.Message, pause.TotalSeconds);
            return pause;
        }
    }

    private long Later(long timestamp, TimeSpan by) => timestamp + (long)(by.TotalSeconds * _time.TimestampFrequency);

    private static long Later(long one, long other) => Math.Max(one, other);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
