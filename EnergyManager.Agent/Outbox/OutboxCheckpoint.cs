using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Outbox;

/// <summary>
/// What the outbox remembers beside its segments, in a file with one record as <see cref="RecordFormat"/> describes it. Its payload:
/// <c>{"head":1200,"acknowledged":"1500-1520","dropped":0,"damaged":0}</c>. Without the checksum a digit that went bad would be
/// a head beyond samples that were never sent.
/// </summary>
/// <param name="Head">Ordinal of the first record that was not acknowledged.</param>
/// <param name="Acknowledged">Ordinals above the head that were acknowledged, as <see cref="SequenceRanges"/>; <c>null</c> for none.</param>
/// <param name="Dropped">Samples lost to a cap or to a full disk since the outbox was made.</param>
/// <param name="Damaged">Samples lost to damaged records since then.</param>
public sealed record OutboxCheckpoint(long Head, string? Acknowledged, long Dropped, long Damaged)
{
    /// <summary>The stored checkpoint, or <c>null</c> when there is none that can be read: then what is there is sent again.</summary>
    public static OutboxCheckpoint? Read(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (!RecordFormat.TryDecode(bytes, out var payload) || bytes.Length != RecordFormat.HeaderBytes + payload.Length)
                return null;
            var checkpoint = JsonSerializer.Deserialize(payload, OutboxJson.Default.OutboxCheckpoint);
            _ = SequenceRanges.Parse(checkpoint?.Acknowledged ?? "");
            return checkpoint is { Head: >= 0, Dropped: >= 0, Damaged: >= 0 } ? checkpoint : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file as a whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="flush">Whether it is on the medium when this returns.</param>
    public void Write(string path, bool flush) =>
        DurableFile.Replace(path, RecordFormat.Encode(JsonSerializer.SerializeToUtf8Bytes(this, OutboxJson.Default.OutboxCheckpoint)), flush);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OutboxCheckpoint))]
internal sealed partial class OutboxJson : JsonSerializerContext;
