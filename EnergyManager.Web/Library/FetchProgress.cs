using System.Text.Json;
using System.Text.Json.Serialization;

namespace EnergyManager.Web.Library;

/// <summary>What a fetch is doing.</summary>
[JsonConverter(typeof(FetchStageConverter))]
public enum FetchStage
{
    /// <summary>A source is being asked whether it has the model.</summary>
    Searching,

    /// <summary>A pause before the next attempt, or one that the source asks for.</summary>
    Waiting,

    /// <summary>Bytes are coming.</summary>
    Downloading,

    /// <summary>A program is writing the file.</summary>
    Exporting,

    /// <summary>The file is checked and put into the store.</summary>
    Storing,
}

/// <summary>Progress of a fetch.</summary>
/// <param name="Source">Where it comes from, in words.</param>
/// <param name="Bytes">Bytes so far, those of an earlier attempt included.</param>
/// <param name="TotalBytes">Bytes in all, where known.</param>
public sealed record FetchProgress(string Source, long Bytes, long? TotalBytes)
{
    /// <summary>What is being done.</summary>
    public FetchStage Stage { get; init; } = FetchStage.Downloading;

    /// <summary>Which attempt this is, from 1.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Length of the pause, while waiting.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>What the source itself says that it is doing.</summary>
    public string? Note { get; init; }
}

internal sealed class FetchStageConverter() : JsonStringEnumConverter<FetchStage>(JsonNamingPolicy.SnakeCaseLower);
