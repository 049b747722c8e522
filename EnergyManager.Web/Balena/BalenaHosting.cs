namespace EnergyManager.Web.Balena;

/// <summary>Registers the client of Balena and what is built upon it.</summary>
internal static class BalenaHosting
{
    private const string ClientName = "balena";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    // Addresses of the API may move while the server runs.
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static void AddBalena(this IServiceCollection services)
    {
        services.AddHttpClient(ClientName, client => client.Timeout = Timeout)
            // Every request carries the token: it never follows a redirect, and nothing of it is logged.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                ConnectTimeout = ConnectTimeout,
                PooledConnectionLifetime = ConnectionLifetime,
            })
            .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        services.AddSingleton<IBalenaClient>(provider => ActivatorUtilities.CreateInstance<BalenaClient>(
            provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(ClientName)));
        services.AddSingleton<BalenaActions>();
        services.AddSingleton<IBalenaEnrolment, BalenaEnrolment>();
    }
}
