namespace EnergyManager.Agent.Inference;

/// <summary>A loaded model. The seam behind which inference can move into a process of its own.</summary>
public interface IModelRunner : IDisposable
{
    /// <summary>Runs one inference on synthetic input to its end.</summary>
    /// <exception cref="ModelException">The runtime reports an error.</exception>
    void Run(CancellationToken cancellationToken);
}

/// <summary>Loads models for execution.</summary>
public interface IModelLoader
{
    /// <summary>Extensions of the formats that can be executed, with the dot, in lower case.</summary>
    IReadOnlyList<string> Formats { get; }

    /// <summary>Loads a model file.</summary>
    /// <exception cref="ModelException">The file is not a model that this runtime can execute.</exception>
    IModelRunner Load(string path);
}

/// <summary>A model cannot be loaded or run; the message is the runtime's, for people.</summary>
public sealed class ModelException(string message, Exception? innerException = null) : Exception(message, innerException);
