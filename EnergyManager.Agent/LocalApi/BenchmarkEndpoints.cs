using System.Text.Json.Serialization;
using EnergyManager.Agent.Benchmarking;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.LocalApi;

/// <summary><c>POST /benchmark</c> starts one, <c>GET</c> says how far it is and what it measured, <c>DELETE</c> ends it.</summary>
public sealed class BenchmarkEndpoints(BenchmarkService service, IOptions<AgentOptions> options) : ILocalEndpoints
{
    private const string Path = "/benchmark";
    private const long MaximumBodyBytes = 4096;

    public void Map(LocalRoutes routes) => routes
        .Get(Path, context => Answer(context, StatusCodes.Status200OK, service.Status ?? throw None()))
        .Post(Path, MaximumBodyBytes, StartAsync)
        .Delete(Path, context => service.Cancel(null, "It was cancelled on the device.")
            ? Answer(context, StatusCodes.Status202Accepted, service.Status!)
            : throw new LocalProblemException(StatusCodes.Status404NotFound, "No benchmark is under way."));

    private async Task StartAsync(HttpContext context)
    {
        // Without a body the running model is measured with the usual lengths.
        var request = context.Request.ContentLength is 0 or null && context.Request.ContentType is null
            ? new BenchmarkRequest()
            : await context.Request.ReadJsonAsync(LocalBenchmarkJson.Default.BenchmarkRequest);
        if (options.Value.Benchmark.Check(request) is { Count: > 0 } errors)
            throw new LocalProblemException(errors);
        var report = service.Start(request, announce: false);
        if (report.State == BenchmarkState.Refused)
            throw new LocalProblemException(StatusCodes.Status409Conflict, report.Reason!);
        await Answer(context, StatusCodes.Status202Accepted, report);
    }

    private static LocalProblemException None() =>
        new(StatusCodes.Status404NotFound, "There was no benchmark since the start of the agent. POST /benchmark starts one.");

    private static Task Answer(HttpContext context, int status, BenchmarkReport report) =>
        context.Response.WriteJsonAsync(status, report, LocalBenchmarkJson.Default.BenchmarkReport);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    Converters = [typeof(ProvenanceJsonConverter), typeof(BenchmarkStateJsonConverter), typeof(EnergyBasisJsonConverter)])]
[JsonSerializable(typeof(BenchmarkRequest))]
[JsonSerializable(typeof(BenchmarkReport))]
internal sealed partial class LocalBenchmarkJson : JsonSerializerContext;
