namespace EnergyManager.Core.Onnx.Inspection;

/// <summary>A file that is no ONNX model, is damaged, or is beyond the limits, with the reason and the way out.</summary>
public sealed class OnnxFormatException : Exception
{
    /// <summary>An error without details.</summary>
    public OnnxFormatException() : this("The file is not an ONNX model.")
    {
    }

    /// <summary>An error in words.</summary>
    public OnnxFormatException(string message) : base(message)
    {
    }

    /// <summary>An error in words, with its cause.</summary>
    public OnnxFormatException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
