using System.CommandLine;
using EnergyManager.Core.Devices;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Security;

namespace EnergyManager.Web.Cli;

/// <summary><c>devices enrol</c> and <c>devices remove</c>.</summary>
internal static class DeviceCommands
{
    public static Command Create(CliConsole console, CliServices services) => new("devices", "Devices and their credentials")
    {
        Enrol(console, services),
        Remove(console, services),
    };

    private static Command Enrol(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "Name of the device, for people." };
        var type = new Option<string>("--type") { Description = $"Device type: {DeviceTypeCatalog.BuiltIn.AcceptedNames}, or a board of your own.", DefaultValueFactory = _ => DeviceTypes.GenericLinuxId };
        var server = new Option<string>("--server")
        {
            Description = "Address of this server as the board reaches it, for the line to type there.",
            DefaultValueFactory = _ => $"http://{Environment.MachineName}:5000",
            HelpName = "address",
        };
        var command = new Command("enrol", "Makes a device and its credential. The credential is shown once") { name, type, server, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var deviceType = parsed.GetRequiredValue(type);
            var address = parsed.GetRequiredValue(server);
            if (!IsAddress(address))
                throw new CliException($"--server is '{address}'; it must be an address such as http://energy.local:5000.");
            services.Device(deviceType, "--type");
            DeviceCredential credential;
            try
            {
                credential = await services.Get<DeviceCredentials>().EnrolAsync(parsed.GetRequiredValue(name), deviceType, cancellationToken);
            }
            catch (ArgumentException exception)
            {
                throw new CliException(UserCommands.Reason(exception));
            }

            if (parsed.GetValue(json))
            {
                console.WriteJson(new { credential.DeviceId, credential.Token });
                return 0;
            }

            console.WriteLine($"device_id: {credential.DeviceId}");
            console.WriteLine($"token:     {credential.Token}");
            console.WriteLine("Keep the token now: it cannot be shown again. Type this on the board, in the directory of its agent:");
            console.WriteLine($" {LineForTheBoard(credential.Token, address)}");
            return 0;
        });
        return command;
    }

    private static Command Remove(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var id = new Argument<string>("device_id") { Description = "Identifier of the device." };
        var command = new Command("remove", "Removes a device with its telemetry and revokes its credential; the log of its deployments stays") { id, json };
        command.SetAction(parsed =>
        {
            var deviceId = parsed.GetRequiredValue(id);
            var devices = services.Get<DeviceRegistry>();
            if (devices.Find(deviceId) is not { } device)
            {
                var known = devices.List().Select(other => other.DeviceId).Take(10).ToList();
                throw new CliException($"No device is called '{deviceId}'. {(known.Count == 0 ? "None is known." : $"Known are {string.Join(", ", known)}.")}");
            }

            // A server that runs notices within seconds, ends the connection and cancels what is under way.
            services.Get<DeviceCredentials>().Revoke(deviceId);
            devices.Remove(deviceId);
            if (parsed.GetValue(json))
                console.WriteJson(new { device.DeviceId, Removed = true });
            else
                console.WriteLine(DeviceRemoval.Sentence(device));
            return 0;
        });
        return command;
    }

    /// <summary>The token goes through a pipe from a command of the shell itself, so that no list of processes shows it.</summary>
    private static string LineForTheBoard(string token, string server) => $"printf '%s\\n' '{token}' | sudo ./enrol.sh {server}";

    /// <summary>An address of letters that a shell takes as they are.</summary>
    private static bool IsAddress(string server) =>
        Uri.TryCreate(server, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        && server.All(c => char.IsAsciiLetterOrDigit(c) || "-._~:/[]%".Contains(c, StringComparison.Ordinal));
}
