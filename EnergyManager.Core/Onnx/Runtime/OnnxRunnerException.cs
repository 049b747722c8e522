namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>A model that cannot be loaded or run, with the runtime's reason and the name of the file.</summary>
public sealed class OnnxRunnerException : Exception
{
    private string? _reason;

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

    /// <summary>What the runtime said, without the name of the file: for callers that know the model under another name.</summary>
    public string Reason => FileName.Length > 0 && _reason is not null ? _reason.Replace(FileName, "the file", StringComparison.Ordinal) : Message;

    internal static OnnxRunnerException Of(string fileName, string what, string reason, Exception innerException) =>
        new($"{fileName} {what}: {reason}", innerException) { FileName = fileName, _reason = reason };
}
