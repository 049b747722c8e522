using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks;

/// <summary>The curated measurements of one device type.</summary>
/// <param name="Device">The device type that was measured.</param>
/// <param name="Rows">Its rows, in file order.</param>
/// <param name="Sha256">SHA-256 of the file's bytes in lower-case hex: the key under which a trained model is cached.</param>
public sealed record BenchmarkTable(DeviceType Device, IReadOnlyList<BenchmarkRow> Rows, string Sha256);
