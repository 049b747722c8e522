using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Agent.Outbox;

/// <summary>What the outbox remembers beside its segments.</summary>
/// <param name="Head">Ordinal of the first record that was not acknowledged.</param>
/// <param name="Dropped">Samples lost to the cap or to a full disk since the outbox was made.</param>
/// <param name="Damaged">Samples lost to damaged records since then.</param>
public sealed record OutboxCheckpoint(long Head, long Dropped, long Damaged)
{
    /// <summary>The stored checkpoint, or the beginning when there is none that can be read: then what is there is sent again.</summary>
    public static OutboxCheckpoint Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), OutboxJson.Default.OutboxCheckpoint) ?? new(0, 0, 0);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return new(0, 0, 0);
        }
    }

    public void Write(string path)
    {
        var temporary = path + ".tmp";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(this, OutboxJson.Default.OutboxCheckpoint));
        File.Move(temporary, path, overwrite: true);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OutboxCheckpoint))]
internal sealed partial class OutboxJson : JsonSerializerContext;
