using System.Buffers.Binary;
using Google.Protobuf;

namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>
/// Seeded random weights. The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators",
/// 2014) and the distribution is uniform, so that only integer arithmetic and a square root are involved: a seed gives the
/// same bytes on every machine and with every version of .NET.
/// </summary>
internal sealed class WeightSource(int seed)
{
    private ulong _state = (ulong)seed;

    /// <summary>
    /// Little-endian 32-bit floats, uniform in a range that makes a sum over the inputs have a mean square of 1: within
    /// ±sqrt(3 / (fan-in * mean square of the inputs)). Behind a ReLU, which halves the mean square, these are the weights of
    /// He et al., "Delving deep into rectifiers", 2015.
    /// </summary>
    public ByteString Uniform(long count, long fanIn, double meanSquare)
    {
        var bound = (float)Math.Sqrt(3 / (fanIn * meanSquare));
        return Floats(count, () => (NextUnit() * 2 - 1) * bound);
    }

    /// <summary>The same value everywhere.</summary>
    public static ByteString Constant(long count, float value) => Floats(count, () => value);

    private static ByteString Floats(long count, Func<float> next)
    {
        var bytes = new byte[checked(count * sizeof(float))];
        for (var offset = 0; offset < bytes.Length; offset += sizeof(float))
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(offset), next());
        return UnsafeByteOperations.UnsafeWrap(bytes);
    }

    /// <summary>Uniform in [0, 1): 24 bits, which a float holds exactly.</summary>
    private float NextUnit()
    {
        unchecked
        {
            _state += 0x9E3779B97F4A7C15;
            var bits = _state;
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            bits ^= bits >> 31;
            return (bits >> 40) * (1f / (1 << 24));
        }
    }
}
