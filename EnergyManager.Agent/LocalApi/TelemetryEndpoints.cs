using System.Text.Json.Serialization;
using EnergyManager.Agent.Sensors;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.LocalApi;

/// <summary><c>POST /telemetry</c>: readings of an instrument that the agent cannot read by itself, a USB meter for example.</summary>
/// <remarks><c>{"watts":4.21}</c>, <c>{"joules":15213.6,"time":"2026-05-01T10:00:00.250Z"}</c>.</remarks>
public sealed class TelemetryEndpoints(ExternalPowerSource source, IOptions<AgentOptions> options) : ILocalEndpoints
{
    // The first word of a refusal of the source is the field that it is about.
    private static readonly string[] Fields = ["watts", "joules", "time"];

    public void Map(LocalRoutes routes) => routes.Post("/telemetry", options.Value.LocalApi.MaximumBodyBytes, TakeAsync);

    private async Task TakeAsync(HttpContext context)
    {
        var reading = await context.Request.ReadJsonAsync(ExternalReadingJson.Default.ExternalReading);
        if (!source.TryPost(reading, out var problem))
        {
            var field = Array.Find(Fields, f => problem.StartsWith(f, StringComparison.Ordinal)) ?? Fields[0];
            throw LocalProblemException.OfField(field, problem);
        }
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ExternalReading))]
internal sealed partial class ExternalReadingJson : JsonSerializerContext;
