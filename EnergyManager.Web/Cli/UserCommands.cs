using System.CommandLine;
using EnergyManager.Web.Security;
using Spectre.Console;

namespace EnergyManager.Web.Cli;

/// <summary><c>user set-password|api-key</c>. Secrets come from the environment, a pipe or a prompt, never from the arguments, which others can see.</summary>
internal static class UserCommands
{
    private const string PasswordVariable = "ENERGYMANAGER_PASSWORD";

    public static Command Create(CliConsole console, CliServices services) => new("user", "Who may use the server from other machines")
    {
        SetPassword(console, services),
        ApiKey(console, services),
    };

    /// <summary>The message of an argument exception without the name of the parameter.</summary>
    public static string Reason(ArgumentException exception) => exception.Message.Split(" (Parameter", StringSplitOptions.None)[0];

    private static Command SetPassword(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var command = new Command("set-password", $"Sets the password of the dashboard: from {PasswordVariable}, from a pipe, or asked for") { json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var password = await ReadPasswordAsync(console, cancellationToken);
            try
            {
                await services.Get<Passwords>().SetAsync(password, cancellationToken);
            }
            catch (ArgumentException exception)
            {
                throw new CliException(Reason(exception));
            }

            if (parsed.GetValue(json))
                console.WriteJson(new { Status = "success" });
            else
                console.WriteLine("The password is set. Everybody who was signed in is signed out.");
            return 0;
        });
        return command;
    }

    private static Command ApiKey(CliConsole console, CliServices services)
    {
        var json = CommandLine.JsonOption();
        var name = new Argument<string>("name") { Description = "What the key is for, for people.", DefaultValueFactory = _ => "api" };
        var list = new Option<bool>("--list") { Description = "List the keys instead." };
        var revoke = new Option<string?>("--revoke") { Description = "Take back the key with this id instead.", HelpName = "id" };
        var command = new Command("api-key", "Makes a key for the REST API. The key is shown once") { name, list, revoke, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var keys = services.Get<ApiKeys>();
            if (parsed.GetValue(revoke) is { } id)
            {
                if (!keys.Revoke(id))
                    throw new CliException($"--revoke: there is no key {id} that could be taken back. user api-key --list shows the keys.");
                Say(console, parsed.GetValue(json), new { Status = "success", Revoked = id }, $"The key {id} is taken back.");
            }
            else if (parsed.GetValue(list))
            {
                List(console, keys.List(), parsed.GetValue(json));
            }
            else
            {
                var key = await CreateAsync(keys, parsed.GetRequiredValue(name), cancellationToken);
                Say(console, parsed.GetValue(json), new { Key = key }, $"{key}{Environment.NewLine}Keep the key now: it cannot be shown again. Send it as Authorization: Bearer <key>.");
            }

            return 0;
        });
        return command;
    }

    private static async Task<string> CreateAsync(ApiKeys keys, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await keys.CreateAsync(name, cancellationToken);
        }
        catch (ArgumentException exception)
        {
            throw new CliException(Reason(exception));
        }
    }

    private static void List(CliConsole console, IReadOnlyList<CredentialInfo> keys, bool json)
    {
        if (json)
        {
            console.WriteJson(new { Keys = keys, keys.Count });
            return;
        }

        console.WriteTable(
            ["id", "name", "made", "taken back"],
            keys.Select(key => (IReadOnlyList<string>)[key.Id, key.Name, $"{key.CreatedAt:u}", key.RevokedAt is { } time ? $"{time:u}" : ""]));
    }

    private static async Task<string> ReadPasswordAsync(CliConsole console, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } fromEnvironment)
            return fromEnvironment;
        if (console.IsInputRedirected)
            return await console.Input.ReadLineAsync(cancellationToken) ?? throw new CliException($"No password came: pipe one line in, or set {PasswordVariable}.");
        var password = await new TextPrompt<string>("New password:").Secret().ShowAsync(console.People, cancellationToken);
        var again = await new TextPrompt<string>("Once more:").Secret().ShowAsync(console.People, cancellationToken);
        return password == again ? password : throw new CliException("The two passwords differ: nothing was changed.");
    }

    private static void Say<T>(CliConsole console, bool json, T answer, string sentence)
    {
        if (json)
            console.WriteJson(answer);
        else
            console.WriteLine(sentence);
    }
}
