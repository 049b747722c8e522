using System.Globalization;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.Units;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Deployment;

/// <summary>Applies what devices report of their deployments.</summary>
internal sealed class DeploymentReports(
    DeploymentJournal journal, SqliteDeploymentStore store, DeviceRegistry devices, TimeProvider time, ILogger<DeploymentReports> logger)
{
    private const int MaximumReason = 1000;
    private const string PowerSensor = "power:";

    /// <summary>Applies a report as far as the table of transitions allows.</summary>
    /// <returns>False when the deployment is not one of this device.</returns>
    public bool Apply(string deviceId, DeploymentReport report)
    {
        if (store.Find(report.DeploymentId) is not { } known || known.DeviceId != deviceId)
            return false;
        if (!DeploymentTransitions.IsReportedByDevice(report.State))
        {
            logger.LogWarning("{Device} reported {State}, which is the server's to enter", deviceId, report.State);
            return true;
        }

        var changed = journal.Change(report.DeploymentId, current => Apply(current, report), Message(known, report));
        if (changed is null)
        {
            logger.LogInformation("{Device} reported {State} for a deployment that is {Current}: not applied", deviceId, report.State, known.State);
            return true;
        }

        if (changed.State == known.State)
            return true;
        if (changed.State == DeploymentState.Running)
            TakeOver(changed);
        else if (changed.State is DeploymentState.Failed or DeploymentState.RolledBack)
            journal.RestoreDesired(changed);
        return true;
    }

    /// <summary>A device that runs a deployment's model has done it, also when its reports were lost.</summary>
    public void Adopt(DeploymentRecord record, string device)
    {
        var running = journal.Change(
            record.DeploymentId,
            current => DeploymentTransitions.OwnerOf(current.State) == DeploymentOwner.Device
                ? current with { State = DeploymentState.Running, ChangedAt = time.GetUtcNow() }
                : null,
            $"{device} says that it runs it; the reports of the steps before did not arrive.");
        if (running is not null)
            TakeOver(running);
    }

    private DeploymentRecord? Apply(DeploymentRecord current, DeploymentReport report)
    {
        // A settled deployment that is reported again is old news, unless the device had lost the model and installed it again.
        if (current.State == report.State && DeploymentTransitions.IsSettled(current.State) && !IsReinstalled(report))
            return null;
        // A download that is reported without a new byte has made no progress.
        var stands = current.State == report.State && report.DownloadedBytes is { } bytes && bytes == current.DownloadedBytes;
        var ends = report.State is DeploymentState.Failed or DeploymentState.RolledBack;
        return current with
        {
            State = report.State,
            Reason = ends ? Reason(report) ?? $"The device says that it {(report.State == DeploymentState.Failed ? "failed" : "went back to the model before")}, and gave no reason." : current.Reason,
            ChangedAt = stands ? current.ChangedAt : time.GetUtcNow(),
            DownloadedBytes = Bytes(current, report),
            Measured = Measured(current.DeviceId, report) ?? current.Measured,
        };
    }

    // The model that ran before ran well: it stays Running in the log, with a line that says what came after it. Only a
    // rollback takes it back.
    private void TakeOver(DeploymentRecord running)
    {
        var now = time.GetUtcNow();
        if (running.RollsBack is { } takenBack)
        {
            journal.Change(takenBack, old => old with
            {
                State = DeploymentState.RolledBack,
                Reason = $"Rolled back to {running.Model} by {running.RequestedBy}.",
                ChangedAt = now,
            });
        }
        else if (store.Good(running.DeviceId).FirstOrDefault(good => good.DeploymentId != running.DeploymentId) is { } before)
        {
            journal.Change(before.DeploymentId, old => old with { ChangedAt = now }, $"{running.Model} runs in its place.");
        }
    }

    // Energy counts only where the device has a sensor that can have measured it.
    private DeploymentEnergy? Measured(string deviceId, DeploymentReport report)
    {
        if (report.EnergyPerInferenceMj is not (> 0 and < double.PositiveInfinity))
            return null;
        var sensor = devices.Find(deviceId)?.Sensors.FirstOrDefault(s => s.Available && s.Name.StartsWith(PowerSensor, StringComparison.Ordinal));
        if (sensor is null || !Provenance.TryParse("measured:" + sensor.Name[PowerSensor.Length..], out var provenance))
            return null;
        var energy = EnergyPerInference.FromMillijoules(report.EnergyPerInferenceMj.Value).OfStandardRun();
        return new DeploymentEnergy(energy.MilliwattHours, StandardRun.Inferences, provenance.ToString());
    }

    private static long? Bytes(DeploymentRecord current, DeploymentReport report) =>
        report.DownloadedBytes is >= 0 and var bytes ? Math.Min(bytes, current.Artifact?.SizeBytes ?? bytes) : current.DownloadedBytes;

    private static string? Reason(DeploymentReport report) =>
        string.IsNullOrWhiteSpace(report.Reason) ? null : Sentence.Of(report.Reason.Length > MaximumReason ? report.Reason[..MaximumReason] : report.Reason);

    private static bool IsReinstalled(DeploymentReport report) => report.State == DeploymentState.Running && Reason(report) is not null;

    // After an end without the model people ask what runs instead.
    private string? RunsNow(DeploymentRecord ended, DeploymentState end)
    {
        if (end is not (DeploymentState.Failed or DeploymentState.RolledBack))
            return null;
        var before = store.Good(ended.DeviceId).FirstOrDefault(good => good.DeploymentId != ended.DeploymentId)?.Model;
        return before is null ? "No model runs now." : end == DeploymentState.RolledBack || ended.State == DeploymentState.Running ? $"{before} runs again." : $"{before} runs on.";
    }

    // Progress within a state is not a step of the log.
    private string? Message(DeploymentRecord before, DeploymentReport report)
    {
        if (before.State == report.State && !IsReinstalled(report))
            return null;
        var figures = report.P50Ms is { } p50
            ? string.Create(CultureInfo.InvariantCulture, $"Latency p50 {p50:0.##} ms{(report.P95Ms is { } p95 ? $", p95 {p95:0.##} ms" : "")}.")
            : null;
        var energy = report.EnergyPerInferenceMj is { } mj ? string.Create(CultureInfo.InvariantCulture, $"Measured {mj:0.##} mJ per inference.") : null;
        var parts = string.Join(' ', new[] { Reason(report), figures, energy, RunsNow(before, report.State) }.Where(part => part is not null));
        return parts.Length == 0 ? null : parts;
    }
}
