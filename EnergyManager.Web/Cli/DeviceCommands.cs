using System.CommandLine;
using EnergyManager.Core.Devices;
using EnergyManager.Web.Security;

namespace EnergyManager.Web.Cli;

/// <summary><c>devices enrol</c>.</summary>
internal static class DeviceCommands
{
    public static Command Create(CliConsole console, CliServices services) => new("devices", "Devices and their credentials")
    {
        Enrol(console, services),
    };

    private static Command Enrol(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "Name of the device, for people." };
        var type = new Option<string>("--type") { Description = $"Device type: {DeviceTypeCatalog.BuiltIn.AcceptedNames}, or a board of your own.", DefaultValueFactory = _ => DeviceTypes.GenericLinuxId };
        var command = new Command("enrol", "Makes a device and its credential. The credential is shown once") { name, type, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var deviceType = parsed.GetRequiredValue(type);
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
            console.WriteLine("Keep the token now: it cannot be shown again. The agent reads it from EnergyManager__Agent__Credential.");
            return 0;
        });
        return command;
    }
}
