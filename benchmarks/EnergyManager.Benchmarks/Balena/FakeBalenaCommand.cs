using System.Globalization;
using System.Security.Cryptography;

namespace EnergyManager.Benchmarks.Balena;

/// <summary>
/// <c>fake-balena [--port 8089] [--devices 250] [--prefix /path]</c>: an account to point the product at. The token is that of
/// FAKE_BALENA_TOKEN, or a new one.
/// </summary>
internal static class FakeBalenaCommand
{
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        var token = Environment.GetEnvironmentVariable("FAKE_BALENA_TOKEN") is { Length: > 0 } given ? given : RandomNumberGenerator.GetHexString(32, lowercase: true);
        await using var server = await FakeBalenaServer.StartAsync(
            token, new FakeBalenaAccount(Number(args, "--devices", 250)), Number(args, "--port", 8089), Value(args, "--prefix") ?? "", log: true);
        await Console.Out.WriteLineAsync(
            $"""
             Balena stands in at {server.Endpoint}. Start the product with
             EnergyManager__Balena__Endpoint={server.Endpoint} BALENA_API_TOKEN={token}
             """);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ended by the person who started it.
        }

        return 0;
    }

    private static int Number(IReadOnlyList<string> args, string option, int fallback) =>
        Value(args, option) is not { } text ? fallback
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new FormatException($"{option} takes a whole number.");

    private static string? Value(IReadOnlyList<string> args, string option)
    {
        for (var i = 0; i + 1 < args.Count; i++)
        {
            if (args[i] == option)
                return args[i + 1];
        }

        return null;
    }
}
