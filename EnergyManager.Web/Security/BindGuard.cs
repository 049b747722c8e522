using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace EnergyManager.Web.Security;

/// <summary>No address but loopback is listened on until a password is set.</summary>
internal static class BindGuard
{
    /// <summary>Looks at the configured addresses, so that the refusal is one clear line and nothing has started yet.</summary>
    /// <exception cref="StartupException">One is not loopback and no password is set.</exception>
    public static void Check(IConfiguration configuration, Passwords passwords)
    {
        foreach (var address in Configured(configuration))
        {
            if (!IsLoopback(address))
                Refuse(address, passwords);
        }
    }

    /// <summary>Looks at an endpoint as Kestrel is about to bind it, wherever it was configured.</summary>
    /// <exception cref="StartupException">It is not loopback and no password is set.</exception>
    public static void Check(ListenOptions endpoint, Passwords passwords)
    {
        // A Unix socket has no address that could be called loopback.
        if (endpoint.IPEndPoint is not { } ip || !LocalRequest.IsLoopback(ip.Address))
            Refuse(endpoint.ToString() ?? "this address", passwords);
    }

    private static IEnumerable<string> Configured(IConfiguration configuration)
    {
        foreach (var url in Split(configuration["urls"]))
            yield return url;
        // Ports alone mean every address of the machine.
        foreach (var port in Split(configuration["http_ports"]).Concat(Split(configuration["https_ports"])))
            yield return $"http://*:{port}";
        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
            yield return endpoint["Url"] ?? "";
    }

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static bool IsLoopback(string url) => LocalRequest.IsLoopbackName(BindingAddress.Parse(url).Host);

    private static void Refuse(string address, Passwords passwords)
    {
        if (!passwords.IsSet)
        {
            throw new StartupException(
                $"Refusing to listen on {address}: other machines could reach it and no password is set. Set one with 'user set-password', or listen on http://localhost:5000.");
        }
    }
}
