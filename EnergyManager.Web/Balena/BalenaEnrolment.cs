using System.Net;
using EnergyManager.Core.Devices;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Balena;

/// <summary>
/// Sets <c>EnergyManager__Agent__Server</c> and <c>EnergyManager__Agent__Credential</c> of Balena devices. A device keeps a credential
/// that is valid and its own, so that enrolling again changes nothing; the address is written before the credential is made, so that a
/// device which cannot be written to does not leave one behind.
/// </summary>
internal sealed class BalenaEnrolment(
    IBalenaClient balena, DeviceCredentials credentials, DeviceRegistry registry, DeviceTypeCatalog types, IOptions<ManagerOptions> options,
    ILogger<BalenaEnrolment> logger) : IBalenaEnrolment, IDisposable
{
    public const string ServerVariable = "EnergyManager__Agent__Server";
    public const string CredentialVariable = "EnergyManager__Agent__Credential";

    private const int LongestAddress = 512;
    private const int LongestName = 100;
    private static readonly string[] Variables = [ServerVariable, CredentialVariable];

    // Two enrolments of one device at a time would make two credentials.
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<BalenaEnrolmentReport> EnrolDeviceAsync(string uuid, BalenaEnrolmentRequest request, CancellationToken cancellationToken)
    {
        var server = CheckedServer(request.Server);
        var device = await balena.FindDeviceAsync(uuid, cancellationToken)
            ?? throw new BalenaException($"The Balena account has no device {uuid}. GET /api/balena/devices lists them.") { StatusCode = StatusCodes.Status404NotFound };
        return await EnrolAllAsync([device], server, request, notice: null, progress: null, cancellationToken);
    }

    public async Task<BalenaEnrolmentReport> EnrolFleetAsync(
        string slug, BalenaEnrolmentRequest request, IProgress<BalenaEnrolmentProgress>? progress, CancellationToken cancellationToken)
    {
        var server = CheckedServer(request.Server);
        var list = await balena.ListDevicesAsync(slug, onlineOnly: false, cancellationToken);
        if (list.Devices.Count == 0)
        {
            throw new BalenaException($"The fleet {slug} has no device that this token can see, or there is no such fleet. GET /api/balena/fleets lists the fleets.")
            {
                StatusCode = StatusCodes.Status404NotFound,
            };
        }

        return await EnrolAllAsync(list.Devices, server, request, list.Notice, progress, cancellationToken);
    }

    private async Task<BalenaEnrolmentReport> EnrolAllAsync(
        IReadOnlyList<BalenaDevice> devices, Uri server, BalenaEnrolmentRequest request, string? notice,
        IProgress<BalenaEnrolmentProgress>? progress, CancellationToken cancellationToken)
    {
        var address = server.ToString().TrimEnd('/');
        var rows = new BalenaEnrolmentRow[devices.Count];
        var done = 0;
        BalenaException? concerningAll = null;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, options.Value.Balena.EnrolmentsAtOnce), CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, devices.Count, parallel, async (i, cancellation) =>
            {
                var device = devices[i];
                try
                {
                    rows[i] = Volatile.Read(ref concerningAll) is { } earlier
                        ? Failed(device, "Not tried: " + earlier.Message)
                        : await EnrolAsync(device, address, request.DryRun, cancellation);
                }
                catch (BalenaException exception)
                {
                    if (exception.ConcernsAll)
                        Volatile.Write(ref concerningAll, exception);
                    rows[i] = Failed(device, exception.Message);
                }
                catch (Exception exception) when (exception is FleetFullException or ArgumentException)
                {
                    rows[i] = Failed(device, exception.Message);
                }

                progress?.Report(new BalenaEnrolmentProgress(Interlocked.Increment(ref done), devices.Count, rows[i]));
            });
        }
        finally
        {
            _gate.Release();
        }

        var report = new BalenaEnrolmentReport { DryRun = request.DryRun, Server = address, Notice = Notices(notice, Unreachable(server)), Devices = rows };
        // The audit trail: who, what, how it went; no value of a variable.
        logger.LogInformation("Balena enrolment asked by {RequestedBy}, dry run {DryRun}: {Enrolled} enrolled, {Unchanged} unchanged, {WouldEnrol} would be, {Failed} failed of {Total}",
            request.RequestedBy, report.DryRun, report.Enrolled, report.Unchanged, report.WouldEnrol, report.Failed, rows.Length);
        return report;
    }

    private async Task<BalenaEnrolmentRow> EnrolAsync(BalenaDevice device, string server, bool dryRun, CancellationToken cancellationToken)
    {
        var uuid = device.Uuid.ToLowerInvariant();
        var present = await balena.ListVariablesAsync(device.Id, Variables, cancellationToken);
        var serverNow = present.FirstOrDefault(variable => variable.Name == ServerVariable);
        var credentialNow = present.FirstOrDefault(variable => variable.Name == CredentialVariable);
        var deviceId = credentialNow is null ? null : OwnerOf(credentialNow.Value, uuid);
        var serverAction = Action(serverNow, serverNow?.Value == server);
        var credentialAction = Action(credentialNow, deviceId is not null);
        BalenaVariableChange[] changes = [new(ServerVariable, serverAction, server), new(CredentialVariable, credentialAction, null)];
        var complete = serverAction == BalenaVariableAction.Keep && credentialAction == BalenaVariableAction.Keep;
        if (!complete && !dryRun)
        {
            await WriteAsync(device, serverNow, serverAction, ServerVariable, server, cancellationToken);
            if (credentialAction != BalenaVariableAction.Keep)
            {
                var credential = await CredentialAsync(device, uuid, cancellationToken);
                deviceId = credential.DeviceId;
                await WriteAsync(device, credentialNow, credentialAction, CredentialVariable, credential.Token, cancellationToken);
            }

            logger.LogInformation("Balena device {Uuid} ({Name}) is enrolled as {Device}", uuid, device.DeviceName, deviceId);
        }

        return new BalenaEnrolmentRow
        {
            Uuid = device.Uuid,
            DeviceName = device.DeviceName,
            DeviceId = deviceId,
            Status = complete ? BalenaEnrolmentStatus.Unchanged : dryRun ? BalenaEnrolmentStatus.WouldEnrol : BalenaEnrolmentStatus.Enrolled,
            Variables = changes,
        };
    }

    // A credential of another board was copied: each board has its own.
    private string? OwnerOf(string token, string uuid) =>
        credentials.Check(token) is { } deviceId && registry.Find(deviceId)?.BalenaUuid is var known && (known is null || known == uuid) ? deviceId : null;

    private async Task<DeviceCredential> CredentialAsync(BalenaDevice device, string uuid, CancellationToken cancellationToken)
    {
        var before = registry.List().FirstOrDefault(known => known.BalenaUuid == uuid && !known.DeviceId.StartsWith(AgentIdentity.LocalPrefix, StringComparison.Ordinal));
        if (before is not null && credentials.Renew(before.DeviceId) is { } renewed)
            return renewed;
        var name = device.DeviceName.Length <= LongestName ? device.DeviceName : device.DeviceName[..LongestName];
        var type = types.TryResolve(device.DeviceType, out var resolution) && resolution.Note is null && device.DeviceType is not null
            ? resolution.Device.Id
            : DeviceTypes.GenericLinuxId;
        return await credentials.EnrolAsync(name, type, uuid, cancellationToken);
    }

    private async Task WriteAsync(
        BalenaDevice device, BalenaVariable? present, BalenaVariableAction action, string name, string value, CancellationToken cancellationToken)
    {
        if (action == BalenaVariableAction.Keep)
            return;
        if (present is not null)
        {
            await balena.UpdateVariableAsync(present.Id, value, cancellationToken);
            return;
        }

        try
        {
            await balena.CreateVariableAsync(device.Id, name, value, cancellationToken);
        }
        catch (BalenaException exception) when (exception.BalenaStatus == 409)
        {
            // Somebody made it meanwhile.
            var made = await balena.ListVariablesAsync(device.Id, [name], cancellationToken);
            if (made is not [var variable, ..])
                throw;
            await balena.UpdateVariableAsync(variable.Id, value, cancellationToken);
        }
    }

    private static BalenaVariableAction Action(BalenaVariable? present, bool right) =>
        present is null ? BalenaVariableAction.Create : right ? BalenaVariableAction.Keep : BalenaVariableAction.Update;

    private static BalenaEnrolmentRow Failed(BalenaDevice device, string reason) =>
        new() { Uuid = device.Uuid, DeviceName = device.DeviceName, Status = BalenaEnrolmentStatus.Failed, Reason = reason };

    private static Uri CheckedServer(string server) =>
        server.Length <= LongestAddress && Uri.TryCreate(server.Trim(), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        && address is { UserInfo.Length: 0, Query.Length: 0, Fragment.Length: 0 }
            ? address
            : throw new BalenaException("server must be the address of this server as the boards reach it, for example http://energy.local:5000.")
            {
                StatusCode = StatusCodes.Status400BadRequest,
            };

    private static string? Unreachable(Uri server) =>
        server.IsLoopback || (IPAddress.TryParse(server.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            ? $"{server.Host} is the board itself when a board reads it: give the address at which boards reach this server."
            : null;

    private static string? Notices(params IEnumerable<string?> notices) => string.Join(' ', notices.OfType<string>()) is { Length: > 0 } text ? text : null;

    public void Dispose() => _gate.Dispose();
}
