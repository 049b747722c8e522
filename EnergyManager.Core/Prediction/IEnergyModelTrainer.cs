using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.Prediction;

/// <summary>Turns the measurements of a device type into a model.</summary>
public interface IEnergyModelTrainer
{
    /// <summary>Trains a model. The same table and options give the same model on every machine.</summary>
    /// <exception cref="TrainingRefusedException">The table is too small or has figures that cannot be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    EnergyModelArtifact Train(BenchmarkTable table, TrainingOptions options, CancellationToken cancellationToken);
}

/// <summary>A table from which no model can be trained, with the reason.</summary>
public sealed class TrainingRefusedException : Exception
{
    /// <summary>A refusal without a reason.</summary>
    public TrainingRefusedException() : this("The table cannot be trained on.")
    {
    }

    /// <summary>A refusal with its reason.</summary>
    public TrainingRefusedException(string message) : base(message)
    {
    }

    /// <summary>A refusal with its reason and cause.</summary>
    public TrainingRefusedException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
