namespace EnergyManager.Core.Benchmarks;

/// <summary>Number format of a model's weights.</summary>
public enum Precision
{
    /// <summary>32-bit floating point: 4 bytes a parameter.</summary>
    Fp32,

    /// <summary>16-bit floating point: 2 bytes a parameter.</summary>
    Fp16,

    /// <summary>8-bit integer: 1 byte a parameter.</summary>
    Int8,
}
