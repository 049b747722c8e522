using System.Reflection;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Fleet;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>GET /api/health</c>: 200 while every part works (or still starts), 503 when one failed.</summary>
internal static class HealthEndpoint
{
    private static readonly string Version =
        typeof(HealthEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static void Map(IEndpointRouteBuilder routes)
    {
        // The least that the server can answer: other endpoints are measured against it.
        routes.MapGet("/api/version", () => TypedResults.Json(new VersionAnswer(Version), ApiJson.Default.VersionAnswer))
            .WithName("GetVersion")
            .WithTags("Server")
            .WithSummary("Version of the server");
        routes.MapGet("/api/health", GetAsync)
            .WithName("GetHealth")
            .WithTags("Server")
            .WithSummary("Whether the server and its parts work")
            .Produces<HealthAnswer>()
            .Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> GetAsync(
        HealthCheckService checks, IDeviceFleet fleet, ServerClock clock, CancellationToken cancellationToken)
    {
        var report = await checks.CheckHealthAsync(cancellationToken);
        var devices = fleet.List();
        var answer = new HealthAnswer(
            Word(report.Status),
            Version,
            Math.Round(clock.Uptime.TotalSeconds, 1),
            devices.Count(device => device.Online),
            devices.Count,
            report.Entries.ToDictionary(
                entry => entry.Key, entry => new HealthCheckAnswer(Word(entry.Value.Status), entry.Value.Description), StringComparer.Ordinal));
        return TypedResults.Json(
            answer,
            ApiJson.Default.HealthAnswer,
            statusCode: report.Status == HealthStatus.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "ok",
        HealthStatus.Degraded => "starting",
        _ => "failed",
    };
}

/// <summary>How long the server has run.</summary>
internal sealed class ServerClock(TimeProvider time)
{
    private readonly long _started = time.GetTimestamp();

    public TimeSpan Uptime => time.GetElapsedTime(_started);
}
