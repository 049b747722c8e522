using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.Devices;

/// <summary>
/// Multiply-accumulates that a board's fastest processor can do in a second when every unit of it works in every cycle.
/// Convolutions by Winograd's method do with fewer multiplications than are counted, yet none of the networks measured here
/// has come beyond 70 % of the peak.
/// </summary>
/// <param name="Fp32">GMACs per second in fp32.</param>
/// <param name="Fp16">GMACs per second in fp16.</param>
/// <param name="Int8">GMACs per second in int8.</param>
/// <param name="Origin">How the fp32 peak follows from the published figures.</param>
public sealed record ArithmeticPeak(double Fp32, double Fp16, double Int8, string Origin)
{
    /// <summary>
    /// The most that weights of a format allow: runtimes compute fp32 weights in fp16 where they are told to, but int8 only
    /// where the model was quantised.
    /// </summary>
    public double Greatest(Precision weights) => weights == Precision.Int8 ? Math.Max(Int8, Math.Max(Fp16, Fp32)) : Math.Max(Fp16, Fp32);
}
