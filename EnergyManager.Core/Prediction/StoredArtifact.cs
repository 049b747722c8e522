using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EnergyManager.Core.Prediction;

/// <summary>What reading any stored model has in common.</summary>
internal static class StoredArtifact
{
    /// <summary>Reads JSON of at most <paramref name="maximumBytes"/> bytes; <c>null</c> where it says so.</summary>
    /// <exception cref="InvalidDataException">It is too large, or not what it should be.</exception>
    public static T? Parse<T>(ReadOnlySpan<byte> json, int maximumBytes, JsonTypeInfo<T> type) where T : class
    {
        if (json.Length > maximumBytes)
            throw new InvalidDataException($"The artifact has {json.Length} bytes, more than {maximumBytes}.");
        try
        {
            return JsonSerializer.Deserialize(json, type);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The artifact is not readable: {exception.Message}", exception);
        }
    }

    /// <summary>Refuses an artifact of which a part is not what this version needs.</summary>
    /// <exception cref="InvalidDataException"><paramref name="holds"/> is false.</exception>
    public static void Require(bool holds, string part)
    {
        if (!holds)
            throw new InvalidDataException($"The artifact's {part} are not those that this version uses: train it again.");
    }
}
