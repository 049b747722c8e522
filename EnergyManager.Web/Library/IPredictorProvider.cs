using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Library;

/// <summary>The predictor, once it is trained or read from its cache.</summary>
public interface IPredictorProvider
{
    /// <summary>Whether <see cref="GetAsync"/> answers at once.</summary>
    bool IsReady { get; }

    /// <summary>Why there is no predictor, as a sentence, or <c>null</c>.</summary>
    string? Failure { get; }

    /// <summary>Waits for the predictor.</summary>
    /// <exception cref="PredictorUnavailableException">It could not be trained.</exception>
    Task<IEnergyPredictor> GetAsync(CancellationToken cancellationToken);
}

/// <summary>The predictor could not be trained or read: the server runs, but predicts nothing.</summary>
public sealed class PredictorUnavailableException : Exception
{
    public PredictorUnavailableException() : this("The energy predictor is not available.")
    {
    }

    public PredictorUnavailableException(string message) : base(message)
    {
    }

    public PredictorUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
