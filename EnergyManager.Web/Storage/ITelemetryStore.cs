using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;

namespace EnergyManager.Web.Storage;

/// <summary>Where telemetry is kept. Another database implements this beside SQLite.</summary>
internal interface ITelemetryStore
{
    /// <summary>Stores batches in one transaction, with their rollups, and returns after it is on disk. One answer for each batch.</summary>
    IReadOnlyList<StoredBatch> Write(IReadOnlyList<TelemetryWrite> batches, DateTimeOffset now);

    /// <summary>Highest settled sequence of a boot; 0 for none.</summary>
    long StoredSequence(string deviceId, Guid bootId);

    /// <summary>Samples in [from, to), oldest first.</summary>
    IEnumerable<TelemetrySample> Samples(string deviceId, DateTimeOffset from, DateTimeOffset to, int limit);

    /// <summary>Rollup steps that begin in [from, to), oldest first.</summary>
    IEnumerable<(DateTimeOffset Start, TelemetryAggregate Figures)> Rollups(string deviceId, RollupWidth width, DateTimeOffset from, DateTimeOffset to);

    /// <summary>Removes what is older than its retention and gives the space back to the file system.</summary>
    /// <returns>Rows removed.</returns>
    long Expire(DateTimeOffset rawBefore, DateTimeOffset minuteBefore, DateTimeOffset hourBefore, CancellationToken cancellationToken);
}

/// <summary>Length of a rollup step, in seconds.</summary>
internal enum RollupWidth
{
    Minute = 60,
    Hour = 3600,
}

/// <summary>Valid samples of one boot, with rising sequence.</summary>
/// <param name="DeviceId">Device.</param>
/// <param name="BootId">Boot of all samples.</param>
/// <param name="Samples">What to store; may be empty when all were rejected.</param>
/// <param name="Settled">Sequences of the batch that are not to come again: those of the samples, and of rejected ones.</param>
internal sealed record TelemetryWrite(string DeviceId, Guid BootId, IReadOnlyList<TelemetrySample> Samples, SequenceRanges Settled);

/// <summary>What became of a batch.</summary>
/// <param name="Stored">Samples stored now, in order.</param>
/// <param name="Duplicates">Samples that were there before.</param>
internal sealed record StoredBatch(IReadOnlyList<TelemetrySample> Stored, int Duplicates);
