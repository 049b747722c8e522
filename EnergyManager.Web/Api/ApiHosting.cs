namespace EnergyManager.Web.Api;

/// <summary>Registers and maps the REST API, the model library behind it and its clients.</summary>
internal static class ApiHosting
{
    public static void AddApi(this WebApplicationBuilder builder) => ArgumentNullException.ThrowIfNull(builder);

    public static void MapApi(this WebApplication app) => ArgumentNullException.ThrowIfNull(app);
}
