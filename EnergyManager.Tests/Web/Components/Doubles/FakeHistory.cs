using EnergyManager.Web.Telemetry;

namespace EnergyManager.Tests.Web.Components.Doubles;

/// <summary>Stored points that a test gives.</summary>
public sealed class FakeHistory : ITelemetryHistory
{
    public IReadOnlyList<TelemetryPoint> Points { get; set; } = [];

    public TimeSpan Step { get; set; } = TimeSpan.FromMinutes(1);

    public Exception? Failure { get; set; }

    public int Queries { get; private set; }

    public Task<TelemetrySeries> QueryAsync(string deviceId, DateTimeOffset from, DateTimeOffset to, TimeSpan? step, CancellationToken cancellationToken)
    {
        Queries++;
        return Failure is not null
            ? Task.FromException<TelemetrySeries>(Failure)
            : Task.FromResult(new TelemetrySeries(deviceId, from, to, step ?? Step, [.. Points.Where(point => point.Time >= from && point.Time < to)]));
    }
}
