using System.Text.Json.Serialization;

namespace EnergyManager.Web.Balena;

/// <summary>Makes devices of Balena devices of this server, by setting the variables that their agents read.</summary>
public interface IBalenaEnrolment
{
    /// <summary>Enrols one device. What is set already stays; nothing changes when all is.</summary>
    /// <exception cref="BalenaException">The device is unknown, or the server address is none.</exception>
    Task<BalenaEnrolmentReport> EnrolDeviceAsync(string uuid, BalenaEnrolmentRequest request, CancellationToken cancellationToken);

    /// <summary>Enrols every device of a fleet, online or not. One that fails does not stop the others.</summary>
    /// <exception cref="BalenaException">The fleet cannot be listed or has no device, or the server address is none.</exception>
    Task<BalenaEnrolmentReport> EnrolFleetAsync(
        string slug, BalenaEnrolmentRequest request, IProgress<BalenaEnrolmentProgress>? progress, CancellationToken cancellationToken);
}

/// <summary>How to enrol.</summary>
public sealed record BalenaEnrolmentRequest
{
    /// <summary>Address of this server as the boards reach it.</summary>
    public required string Server { get; init; }

    /// <summary>Only say what would be set.</summary>
    public bool DryRun { get; init; }

    /// <summary>Who asks, for the audit trail: <c>api</c>, <c>dashboard</c>, <c>cli</c>.</summary>
    public required string RequestedBy { get; init; }
}

/// <summary>A device was dealt with.</summary>
public sealed record BalenaEnrolmentProgress(int Done, int Total, BalenaEnrolmentRow Row);

/// <summary>What became of every device.</summary>
public sealed record BalenaEnrolmentReport
{
    public required bool DryRun { get; init; }
    public required string Server { get; init; }

    /// <summary>What to mind, as a sentence: an address that boards cannot reach, devices beyond the cap.</summary>
    public string? Notice { get; init; }

    public required IReadOnlyList<BalenaEnrolmentRow> Devices { get; init; }

    public int Enrolled => Devices.Count(device => device.Status == BalenaEnrolmentStatus.Enrolled);
    public int Unchanged => Devices.Count(device => device.Status == BalenaEnrolmentStatus.Unchanged);
    public int WouldEnrol => Devices.Count(device => device.Status == BalenaEnrolmentStatus.WouldEnrol);
    public int Failed => Devices.Count(device => device.Status == BalenaEnrolmentStatus.Failed);
}

/// <summary>What became of one device. Never holds a secret.</summary>
public sealed record BalenaEnrolmentRow
{
    public required string Uuid { get; init; }
    public required string DeviceName { get; init; }
    public required BalenaEnrolmentStatus Status { get; init; }

    /// <summary>The device of this server that it is now, where it is one.</summary>
    public string? DeviceId { get; init; }

    public IReadOnlyList<BalenaVariableChange> Variables { get; init; } = [];

    /// <summary>Why it failed, as a sentence.</summary>
    public string? Reason { get; init; }
}

/// <summary>A variable that enrolment sets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Action"><c>create</c>, <c>update</c> or <c>keep</c>.</param>
/// <param name="Value">Its value, or <c>null</c> where it is a secret.</param>
public sealed record BalenaVariableChange(string Name, BalenaVariableAction Action, string? Value);

[JsonConverter(typeof(BalenaVariableActionConverter))]
public enum BalenaVariableAction
{
    Create,
    Update,
    Keep,
}

[JsonConverter(typeof(BalenaEnrolmentStatusConverter))]
public enum BalenaEnrolmentStatus
{
    /// <summary>Its variables were set.</summary>
    Enrolled,

    /// <summary>They were set already.</summary>
    Unchanged,

    /// <summary>They would be set: a dry run.</summary>
    WouldEnrol,

    /// <summary>It is not enrolled, or not wholly; the reason says why. Doing it again is safe.</summary>
    Failed,
}

internal sealed class BalenaVariableActionConverter()
    : JsonStringEnumConverter<BalenaVariableAction>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

internal sealed class BalenaEnrolmentStatusConverter()
    : JsonStringEnumConverter<BalenaEnrolmentStatus>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
