using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Library;

/// <summary>
/// Loads the predictor while the server starts, on a thread of its own: the first page does not wait for it, the first
/// prediction does.
/// </summary>
internal sealed partial class PredictorHost(
    PredictorLoader load, TimeProvider time, ILogger<PredictorHost> log) : IPredictorProvider, IHostedService, IDisposable
{
    private readonly TaskCompletionSource<IEnergyPredictor> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private Task _loading = Task.CompletedTask;

    public bool IsReady => _loaded.Task.IsCompletedSuccessfully;

    public string? Failure => _loaded.Task.Exception?.InnerException?.Message;

    public Task<IEnergyPredictor> GetAsync(CancellationToken cancellationToken) => _loaded.Task.WaitAsync(cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _loading = Task.Run(Load, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private void Load()
    {
        var started = time.GetTimestamp();
        try
        {
            var predictor = load(_stopping.Token);
            LogReady(time.GetElapsedTime(started).TotalSeconds);
            _loaded.SetResult(predictor);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _loaded.SetCanceled(_stopping.Token);
        }
        catch (Exception exception)
        {
            LogFailed(exception);
            _loaded.SetException(new PredictorUnavailableException($"The energy predictor could not be made ready: {exception.Message}", exception));
        }
    }

    [LoggerMessage(LogLevel.Information, "Energy predictor ready after {Seconds:0.0} s")]
    private partial void LogReady(double seconds);

    [LoggerMessage(LogLevel.Error, "The energy predictor could not be made ready: predictions are refused until the next start")]
    private partial void LogFailed(Exception exception);
}

/// <summary>Trains the predictor or reads it from its cache; takes seconds.</summary>
internal delegate IEnergyPredictor PredictorLoader(CancellationToken cancellationToken);
