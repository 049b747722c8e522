using EnergyManager.Core.Telemetry;

namespace EnergyManager.Agent.Outbox;

/// <summary>Samples as they lie in the outbox.</summary>
/// <param name="Samples">Of one boot, in order.</param>
/// <param name="FirstOrdinal">Ordinal of the first; the others follow without gaps.</param>
public sealed record OutboxBatch(IReadOnlyList<TelemetrySample> Samples, long FirstOrdinal)
{
    /// <summary>Ordinal after the last.</summary>
    public long EndOrdinal => FirstOrdinal + Samples.Count;
}

/// <summary>State of the outbox.</summary>
/// <param name="Depth">Samples that wait.</param>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Dropped">Samples lost to a cap or to a full disk.</param>
/// <param name="Damaged">Samples lost to damaged records.</param>
public sealed record OutboxStatus(long Depth, long Bytes, long Dropped, long Damaged);
