namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014): a 64-bit generator of
/// one addition and one mixing function. Integer arithmetic only, so a seed gives the same numbers on every machine.
/// </summary>
/// <remarks>A mutable struct: pass it by reference, or two holders draw the same numbers.</remarks>
public struct SplitMix64
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>A generator whose whole sequence follows from <paramref name="seed"/>.</summary>
    public SplitMix64(ulong seed) => _state = seed;

    /// <summary>A generator for one of several independent streams of a seed, for example one per tree ensemble.</summary>
    public static SplitMix64 ForStream(ulong seed, int stream)
    {
        var root = new SplitMix64(seed ^ Mix((ulong)stream + 1));
        return new SplitMix64(root.NextUInt64());
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64() => Mix(_state += GoldenGamma);

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A whole number in [0, <paramref name="exclusiveMaximum"/>); the bias of the multiplication is below 2^-32.</summary>
    /// <param name="exclusiveMaximum">At least 1.</param>
    public int NextInt32(int exclusiveMaximum)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(exclusiveMaximum, 1);
        return (int)(((NextUInt64() >> 32) * (ulong)exclusiveMaximum) >> 32);
    }

    /// <summary>Puts the items into a random order (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
