using System.Text.Json.Serialization;

namespace EnergyManager.Web.Library.Downloads;

/// <summary>Where a download is in its life.</summary>
[JsonConverter(typeof(DownloadStateConverter))]
public enum DownloadState
{
    /// <summary>Others come first.</summary>
    Queued,

    /// <summary>Under way.</summary>
    Running,

    /// <summary>The store holds the artifact.</summary>
    Done,

    /// <summary>Ended without an artifact; the reason says why.</summary>
    Failed,

    /// <summary>Somebody ended it. What came is kept for a while, so that it can be resumed.</summary>
    Cancelled,
}

/// <summary>A download of a model into the store, as it was at one moment.</summary>
public sealed record ModelDownload
{
    public required string DownloadId { get; init; }
    public required string Model { get; init; }
    public required DownloadState State { get; init; }

    /// <summary>What is being done, while it is under way.</summary>
    public FetchStage? Stage { get; init; }

    /// <summary>Where it comes from, in words, once a source is asked.</summary>
    public string? Source { get; init; }

    /// <summary>What the source says that it is doing, where it does.</summary>
    public string? Note { get; init; }

    /// <summary>Bytes so far, those of an earlier attempt included.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes in all, where known.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Bytes a second over the last seconds, while bytes are coming.</summary>
    public double? BytesPerSecond { get; init; }

    /// <summary>Connections that it took so far.</summary>
    public int Attempts { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>File name of the artifact, when done.</summary>
    public string? FileName { get; init; }

    /// <summary>Whether the agent can run the artifact (ONNX) or only keeps it, when done.</summary>
    public bool? Executable { get; init; }

    /// <summary>How it ended, as a sentence.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it has ended.</summary>
    [JsonIgnore]
    public bool HasEnded => State is DownloadState.Done or DownloadState.Failed or DownloadState.Cancelled;
}

internal sealed class DownloadStateConverter() : JsonStringEnumConverter<DownloadState>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
