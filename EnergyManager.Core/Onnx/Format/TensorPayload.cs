namespace EnergyManager.Core.Onnx.Format;

/// <summary>What is known of the content of a constant that was left in the file when the file was read.</summary>
internal sealed partial class TensorProto
{
    /// <summary>Bytes of <c>raw_data</c> that were left in the file.</summary>
    public long SkippedRawBytes { get; set; }

    /// <summary>Elements of <c>float_data</c> or <c>double_data</c> that were left in the file.</summary>
    public long SkippedValues { get; set; }

    /// <summary>Whether content of any kind was left in the file.</summary>
    public bool IsSkipped { get; private set; }

    /// <summary>Leaves a field of the content where it is, and remembers how long it was.</summary>
    /// <returns>Whether the field is content.</returns>
    public bool TrySkip(int number, long length)
    {
        switch (number)
        {
            case RawDataFieldNumber:
                SkippedRawBytes += length;
                break;
            case FloatDataFieldNumber:
                SkippedValues += length / sizeof(float);
                break;
            case DoubleDataFieldNumber:
                SkippedValues += length / sizeof(double);
                break;
            // Integers are as long as their value needs: how many there are is not worth reading them for.
            case Int32DataFieldNumber or Int64DataFieldNumber:
                break;
            default:
                return false;
        }

        IsSkipped = true;
        return true;
    }
}
