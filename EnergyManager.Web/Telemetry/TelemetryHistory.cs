using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Telemetry;

/// <summary>Answers from raw samples, minutes or hours, whichever is finest under the point cap and still kept.</summary>
internal sealed class TelemetryHistory(ITelemetryStore store, IOptions<ManagerOptions> options, TimeProvider time) : ITelemetryHistory
{
    private readonly CapOptions _caps = options.Value.Caps;

    public Task<TelemetrySeries> QueryAsync(
        string deviceId, DateTimeOffset from, DateTimeOffset to, TimeSpan? step, CancellationToken cancellationToken)
    {
        if (from >= to)
            return Task.FromResult(new TelemetrySeries(deviceId, from, to, step ?? HistoryResolution.Raw, []));
        var resolution = HistoryResolution.Choose(from, to, step, time.GetUtcNow(), _caps);
        // SQLite has no asynchronous reads: off the caller's thread, which may be a circuit.
        return Task.Run(() => new TelemetrySeries(deviceId, from, to, resolution.Step, Read(deviceId, from, to, resolution, cancellationToken)), cancellationToken);
    }

    private List<TelemetryPoint> Read(string deviceId, DateTimeOffset from, DateTimeOffset to, HistoryResolution resolution, CancellationToken cancellationToken)
    {
        if (resolution.Step == HistoryResolution.Raw)
            return [.. store.Samples(deviceId, from, to, _caps.TelemetryPoints).Select(Single)];

        var steps = new StepReader(resolution.Step, _caps.TelemetryPoints);
        if (resolution.Source is { } width)
        {
            // A step that began before the period holds samples of before it too, so it is left out.
            foreach (var (start, figures) in store.Rollups(deviceId, width, from, to))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!steps.At(start).Add(figures))
                    break;
            }
        }
        else
        {
            foreach (var sample in store.Samples(deviceId, from, to, int.MaxValue))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!steps.At(sample.Time).Add(sample))
                    break;
            }
        }

        return steps.Points;
    }

    private static TelemetryPoint Single(TelemetrySample sample)
    {
        var figures = new TelemetryAggregate();
        figures.Add(sample);
        return figures.ToPoint(sample.Time);
    }

    /// <summary>Adds up what falls into the same step. Steps without samples do not appear: a gap stays a gap.</summary>
    private sealed class StepReader(TimeSpan step, int cap)
    {
        private readonly long _step = (long)step.TotalMilliseconds;
        private readonly List<TelemetryPoint> _points = [];
        private TelemetryAggregate _figures = new();
        private long _start = long.MinValue;

        public List<TelemetryPoint> Points
        {
            get
            {
                Close();
                return _points;
            }
        }

        public StepReader At(DateTimeOffset time)
        {
            var milliseconds = time.ToUnixTimeMilliseconds();
            var start = milliseconds - (milliseconds % _step);
            if (start != _start)
            {
                Close();
                _start = start;
            }

            return this;
        }

        public bool Add(TelemetrySample sample)
        {
            _figures.Add(sample);
            return _points.Count < cap;
        }

        public bool Add(TelemetryAggregate figures)
        {
            _figures.Add(figures);
            return _points.Count < cap;
        }

        private void Close()
        {
            if (_figures.Samples > 0 && _points.Count < cap)
                _points.Add(_figures.ToPoint(DateTimeOffset.FromUnixTimeMilliseconds(_start)));
            _figures = new TelemetryAggregate();
        }
    }
}
