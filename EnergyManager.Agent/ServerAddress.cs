namespace EnergyManager.Agent;

/// <summary>Addresses on the server, which may live below a path of a proxy.</summary>
public static class ServerAddress
{
    /// <summary>The address of a path on the server.</summary>
    /// <param name="server">The setting Server.</param>
    /// <param name="path">Absolute path on the server.</param>
    public static Uri Of(string server, string path) => new(new Uri(server.TrimEnd('/') + "/"), path.TrimStart('/'));
}
