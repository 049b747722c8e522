namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>A model that cannot be loaded or run, with the runtime's reason and the name of the file.</summary>
public sealed class OnnxRunnerException : Exception
{
    /// <summary>An error without details.</summary>
    public OnnxRunnerException() : this("The model cannot be run.")
    {
    }

    /// <summary>An error in words.</summary>
    public OnnxRunnerException(string message) : base(message)
    {
    }

    /// <summary>An error in words, with its cause.</summary>
    public OnnxRunnerException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Name of the model file, without its directory.</summary>
    public string FileName { get; init; } = "";
}
