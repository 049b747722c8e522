using System.Collections.Concurrent;
using System.Security.Cryptography;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks;

/// <summary>The curated benchmark tables that are part of the product. Safe for concurrent use.</summary>
public static class BenchmarkCatalog
{
    private static readonly ConcurrentDictionary<string, BenchmarkTable> Tables = new(StringComparer.Ordinal);

    /// <summary>The curated table of a device type.</summary>
    /// <exception cref="ArgumentException">No table exists for the device type.</exception>
    public static BenchmarkTable Load(DeviceType device)
    {
        ArgumentNullException.ThrowIfNull(device);
        return Tables.GetOrAdd(device.Id, static (id, device) =>
        {
            var bytes = EmbeddedTable.TryReadBytes($"devices.{id}.csv")
                ?? throw new ArgumentException($"No benchmark table exists for {id}. Accepted: {DeviceTypeCatalog.BuiltIn.AcceptedNames}.", nameof(device));
            return Load(device, bytes, $"{id}.csv");
        }, device);
    }

    /// <summary>A table from the bytes of a file in either schema; the rows are taken as they stand.</summary>
    /// <param name="device">The device type that was measured.</param>
    /// <param name="bytes">The file.</param>
    /// <param name="source">Name of the file, for messages.</param>
    /// <exception cref="BenchmarkFileException">The file cannot be used.</exception>
    public static BenchmarkTable Load(DeviceType device, byte[] bytes, string source)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        using var reader = new StreamReader(new MemoryStream(bytes, writable: false));
        var file = BenchmarkReader.Read(reader, source);
        return new BenchmarkTable(device, file.ToRows(), Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
