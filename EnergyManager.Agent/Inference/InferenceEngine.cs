namespace EnergyManager.Agent.Inference;

/// <summary>A model that runs.</summary>
/// <param name="Model">Its name.</param>
/// <param name="Sha256">Its artifact.</param>
/// <param name="DeploymentId">The deployment that put it there.</param>
/// <param name="RatePerSecond">Inferences per second; 0 runs back to back.</param>
/// <param name="Runner">The loaded model; the engine disposes it when another one takes its place.</param>
public sealed record ActiveModel(string Model, string Sha256, string DeploymentId, double RatePerSecond, IModelRunner Runner);

/// <summary>
/// Runs the active model at its rate on a thread of its own: inference blocks for long and belongs in no pool. When the board
/// cannot keep the rate, inferences that are overdue are left out, not caught up with.
/// </summary>
public sealed class InferenceEngine : IDisposable
{
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly InferenceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<InferenceEngine> _logger;
    private readonly Thread _thread;
    private ActiveModel? _active;
    private LatencyWindow _window;
    private EngineHold? _hold;

    public InferenceEngine(InferenceOptions options, TimeProvider time, ILogger<InferenceEngine> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _window = new LatencyWindow(options.MaximumLatencies);
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
                _changed.WaitOne();
                continue;
            }
            var active = Active;
            if (!ReferenceEquals(active?.Runner, current?.Runner))
            {
                current?.Runner.Dispose();
                due = _time.GetTimestamp();
            }
            current = active;
            if (current is null)
            {
                _changed.WaitOne();
                continue;
            }
            var wait = _time.GetElapsedTime(_time.GetTimestamp(), due);
            if (wait > TimeSpan.Zero)
            {
                // Whole milliseconds, rounded up; the due times themselves do not drift.
                _changed.WaitOne((int)Math.Min(Math.Ceiling(wait.TotalMilliseconds), 60_000));
                continue;
            }
            due = RunOnce(current, due);
        }
        current?.Runner.Dispose();
    }

    /// <summary>Runs one inference and returns when the next one is due.</summary>
    private long RunOnce(ActiveModel model, long due)
    {
        var start = _time.GetTimestamp();
        var pause = model.RatePerSecond > 0 ? TimeSpan.FromSeconds(1 / model.RatePerSecond) : TimeSpan.Zero;
        try
        {
            model.Runner.Run(_stopping.Token);
            var latency = _time.GetElapsedTime(start);
            lock (_lock)
            {
                if (ReferenceEquals(_active?.Runner, model.Runner))
                    _window.AddSuccess(latency);
            }
        }
        catch (OperationCanceledException)
        {
            return due;
        }
        catch (Exception exception)
        {
            lock (_lock)
            {
                if (ReferenceEquals(_active?.Runner, model.Runner))
                {
                    _window.AddError();
                    if (LastError is null)
                        _logger.LogError(exception, "An inference of {Model} failed; the window counts how many do.", model.Model);
                    LastError = exception.Message;
                }
            }
            // A model that fails at once must not burn the processor.
            pause = TimeSpan.FromTicks(Math.Max(pause.Ticks, PauseAfterError.Ticks));
        }
        var next = due + (long)(pause.TotalSeconds * _time.TimestampFrequency);
        return Math.Max(next, _time.GetTimestamp());
    }
}
