using EnergyManager.Core.Deployment;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Web.Components.Fleet;

/// <summary>What the overview remembers of one device: its last minute, and the deployments that explain it.</summary>
internal sealed class DeviceTrack
{
    /// <summary>Width and height of the box in which the line of the last minute is drawn.</summary>
    public const double TrendWidth = 96, TrendHeight = 24;

    private const int Points = 60;
    private const int ShortSha = 8;

    private readonly EnergyWindows _windows = new(TimeSpan.FromSeconds(10), 6);
    private readonly Queue<(double? Power, double? Load)> _minute = new(Points);
    private string _trend = "";

    /// <summary>The newest sample, or <c>null</c>.</summary>
    public TelemetrySample? Sample { get; private set; }

    /// <summary>The deployment that the device runs, or <c>null</c>.</summary>
    public DeploymentView? Running { get; set; }

    /// <summary>Its newest deployment, whatever became of it.</summary>
    public DeploymentView? Newest { get; set; }

    /// <summary>Takes new samples, oldest first.</summary>
    public void Take(IReadOnlyList<TelemetrySample> samples)
    {
        foreach (var sample in samples)
        {
            _windows.Add(sample);
            if (_minute.Count == Points)
                _minute.Dequeue();
            _minute.Enqueue((sample.Power?.MeanW, sample.CpuPercent));
            Sample = sample;
        }
    }

    /// <summary>Draws the line of the last minute anew.</summary>
    public void Draw()
    {
        var measured = _minute.Any(point => point.Power is not null);
        _trend = measured
            ? Sparkline.Path([.. _minute.Select(point => point.Power)], Points, TrendWidth, TrendHeight, null, null)
            : Sparkline.Path([.. _minute.Select(point => point.Load)], Points, TrendWidth, TrendHeight, 0, 100);
    }

    /// <summary>The device as it is shown now.</summary>
    /// <param name="device">Who it is.</param>
    /// <param name="now">Time of the server.</param>
    /// <param name="staleAfter">Silence after which a connected device counts as stale.</param>
    public FleetRow Row(DeviceView device, DateTimeOffset now, TimeSpan staleAfter)
    {
        var stale = device is { Online: true, LastSeen: { } heard } && now - heard > staleAfter;
        var live = device.Online && !stale ? Sample : null;
        var running = Running?.DeploymentId == device.DeploymentId ? Running : null;
        var (energy, provenance) = Energy(device, running);
        var budget = running?.BudgetMwh;
        var under = Newest is { } newest && !DeploymentTransitions.IsSettled(newest.State) ? newest : null;
        var trouble = (stale ? FleetTrouble.Stale : FleetTrouble.None)
            | (device.Warnings.Count > 0 ? FleetTrouble.Drift : FleetTrouble.None)
            | (Newest?.State == DeploymentState.RolledBack ? FleetTrouble.RolledBack : FleetTrouble.None)
            | (Newest?.State == DeploymentState.Failed ? FleetTrouble.Failed : FleetTrouble.None)
            | (BudgetCheck.Judge(energy, budget) == BudgetVerdict.Over ? FleetTrouble.OverBudget : FleetTrouble.None);
        return new FleetRow
        {
            DeviceId = device.DeviceId,
            Name = device.Name,
            DeviceType = device.DeviceType,
            State = !device.Online ? "offline" : stale ? "stale" : device.State,
            Online = device.Online,
            LastSeen = device.Online && !stale ? null : device.LastSeen,
            Model = device.Model,
            Version = running?.Sha256 is { } sha ? sha[..Math.Min(ShortSha, sha.Length)] : null,
            RandomWeights = running is { RandomWeights: true },
            DeploymentId = (under ?? ((trouble & (FleetTrouble.Failed | FleetTrouble.RolledBack)) != FleetTrouble.None ? Newest : running))?.DeploymentId ?? device.DeploymentId,
            Coming = under?.Model,
            HasPowerSensor = Sample?.Power is not null || device.Sensors.Any(sensor => sensor.Available && sensor.Name.StartsWith("power", StringComparison.Ordinal)),
            PowerW = live?.Power?.MeanW,
            PowerProvenance = live?.Power?.Provenance.ToString(),
            EnergyMwh = energy,
            EnergyProvenance = provenance,
            BudgetMwh = budget,
            LatencyMs = live?.Inference?.P50Ms,
            TemperatureC = live?.TemperatureC,
            Trend = device.Online ? _trend : "",
            Trouble = trouble,
        };
    }

    // What it measured in the last minute with this model, else what the deployment knows.
    private (double? Mwh, string? Provenance) Energy(DeviceView device, DeploymentView? running)
    {
        if (device is { Model: { } model, Online: true } && _windows.Latest is { } window && window.Model == model)
            return (_windows.MeanMwh, window.Provenance);
        return device.Model is not null && (running?.MeasuredEnergy ?? running?.PredictedEnergy) is { } told ? (told.Mwh, told.Provenance) : (null, null);
    }
}
