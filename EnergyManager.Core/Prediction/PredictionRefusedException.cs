namespace EnergyManager.Core.Prediction;

/// <summary>A prediction that cannot be made, with the field to mend and the way out.</summary>
public sealed class PredictionRefusedException : ArgumentException
{
    /// <summary>A refusal without a field.</summary>
    public PredictionRefusedException() : this("", "The prediction was refused.")
    {
    }

    /// <summary>A refusal without a field.</summary>
    public PredictionRefusedException(string message) : this("", message)
    {
    }

    /// <summary>A refusal without a field, with its cause.</summary>
    public PredictionRefusedException(string message, Exception innerException) : base(message, innerException) => Field = "";

    /// <summary>A refusal of one field.</summary>
    /// <param name="field">Field of the request in snake_case, for example <c>params_m</c>.</param>
    /// <param name="message">What is wrong and what would be right.</param>
    public PredictionRefusedException(string field, string message) : base(message) => Field = field;

    /// <summary>Field of the request in snake_case.</summary>
    public string Field { get; }

    /// <summary>
    /// True where each figure could be one, but together they are beyond what the board can do or what the model has seen:
    /// there is nothing to mend but the figures themselves.
    /// </summary>
    public bool IsImplausible { get; init; }
}
