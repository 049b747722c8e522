using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What makes a sample the same sample.</summary>
/// <param name="Boot">Boot of the agent.</param>
/// <param name="Sequence">Position in the boot, from 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SampleKey(Guid Boot, long Sequence);

/// <summary>
/// Reads samples off an agent's disk without the agent's own code: whatever the files are called and however records are
/// framed, a sample is a JSON object that begins with its boot. A record that a killed process did not finish is none.
/// </summary>
internal static class OutboxFiles
{
    private static readonly byte[] Begin = Encoding.UTF8.GetBytes("{\"boot_id\":");

    public static HashSet<SampleKey> Read(string directory)
    {
        var keys = new HashSet<SampleKey>();
        if (!Directory.Exists(directory))
            return keys;
        foreach (var path in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories))
        {
            try
            {
                // Shared with everybody: a reader that locks a file would be in the way of a live agent.
                using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var content = new MemoryStream();
                file.CopyTo(content);
                Collect(content.GetBuffer().AsSpan(0, (int)content.Length), keys);
            }
            catch (FileNotFoundException)
            {
                // A live agent has deleted it since: everything in it is acknowledged.
            }
        }
        return keys;
    }

    private static void Collect(ReadOnlySpan<byte> bytes, HashSet<SampleKey> keys)
    {
        while (bytes.IndexOf(Begin) is >= 0 and var at)
        {
            bytes = bytes[at..];
            var reader = new Utf8JsonReader(bytes, isFinalBlock: false, default);
            if (!JsonDocument.TryParseValue(ref reader, out var document))
                return;
            using (document)
                keys.Add(new SampleKey(document.RootElement.GetProperty("boot_id").GetGuid(), document.RootElement.GetProperty("sequence").GetInt64()));
            bytes = bytes[(int)reader.BytesConsumed..];
        }
    }
}
