namespace EnergyManager.Core.Benchmarks;

/// <summary>The tables of <c>benchmarks/</c> that are compiled into this library.</summary>
internal static class EmbeddedTable
{
    private const string Prefix = "EnergyManager.Core.Benchmarks.Tables.";

    /// <summary>Bytes of a table, for example <c>devices.jetson-nano.csv</c>, or <c>null</c> where there is none.</summary>
    public static byte[]? TryReadBytes(string name)
    {
        using var stream = typeof(EmbeddedTable).Assembly.GetManifestResourceStream(Prefix + name);
        if (stream is null)
            return null;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static StreamReader Open(string name) =>
        new(new MemoryStream(TryReadBytes(name) ?? throw new InvalidOperationException($"The table {name} is missing from the library.")));
}
