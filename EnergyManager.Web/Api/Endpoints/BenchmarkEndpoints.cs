using System.Text;
using System.Text.Json;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Contracts;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Benchmarking;
using EnergyManager.Web.Fleet;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary>Benchmarks that devices measure themselves.</summary>
internal static class BenchmarkEndpoints
{
    // The device has the last word on lengths; these only keep nonsense off the wire.
    private const double MaximumSeconds = 24 * 3600;
    private const int MaximumInferences = 100_000_000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var devices = routes.MapGroup("/api/devices/{id}").WithTags("Benchmarks");
        devices.MapPost("/benchmark", StartAsync)
            .WithName("StartBenchmark")
            .WithSummary("Has a device measure one of its models")
            .WithDescription(
                "Idle, loaded, warm-up, active, idle again; the model that runs pauses meanwhile. Without model the running one is measured. "
                + "The answer comes at once; GET /api/devices/{id}/benchmarks has the figures when they are there.")
            .Accepts<BenchmarkBody>("application/json")
            .Produces<BenchmarkReport>(StatusCodes.Status202Accepted)
            .Problems(400, 404, 409, 413, 415);
        devices.MapGet("/benchmarks", List)
            .WithName("ListBenchmarks")
            .WithSummary("Benchmarks of a device, newest first")
            .WithDescription(
                "As CSV: the curated schema, ready for predictor train and benchmarks audit. It holds the rows with a measured energy only, as a table "
                + "of energies can hold no others; JSON lists all.")
            .Query("format", JsonSchemaType.String, "json or csv.")
            .Produces<BenchmarksAnswer>()
            .Problems(400, 404);
        devices.MapDelete("/benchmarks/{benchmarkId}", CancelAsync)
            .WithName("CancelBenchmark")
            .WithSummary("Ends a benchmark that is under way")
            .Produces<BenchmarkReport>(StatusCodes.Status202Accepted)
            .Problems(404, 409);
    }

    private static async Task<IResult> StartAsync(
        string id, HttpRequest http, IDeviceFleet fleet, DeviceBenchmarks benchmarks, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        using var json = await JsonBody.ReadAsync(http, options.Value.Caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        var fields = new JsonFields(json.RootElement, errors);
        var usual = new BenchmarkRequest();
        var request = new BenchmarkRequest
        {
            Model = fields.Text("model", AgentProtocol.MaximumText),
            DurationS = Seconds("duration_s") ?? usual.DurationS,
            WarmUpS = Seconds("warm_up_s") ?? usual.WarmUpS,
            RestS = Seconds("rest_s") ?? usual.RestS,
            Inferences = fields.Count("inferences", MaximumInferences),
        };
        foreach (var unknown in fields.Unknown)
            fields.Fail(unknown, "There is no such field: model, duration_s, warm_up_s, rest_s and inferences are known.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        if (fleet.Find(id) is null)
            return Unknown();
        try
        {
            return TypedResults.Accepted((string?)null, await benchmarks.RequestAsync(id, request, cancellationToken));
        }
        catch (BenchmarkRefusedException refusal)
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, "device_id", refusal.Message);
        }

        double? Seconds(string field)
        {
            if (!fields.TryGet(field, out var value))
                return null;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and <= MaximumSeconds)
                return seconds;
            fields.Fail(field, $"Give a number of seconds from 0 to {MaximumSeconds}.");
            return null;
        }
    }

    private static IResult List(string id, HttpRequest http, IDeviceFleet fleet, DeviceBenchmarks benchmarks)
    {
        var format = http.Query["format"].ToString();
        if (format is not ("" or "json" or "csv"))
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "format", "format is json or csv.");
        if (fleet.Find(id) is null)
            return Unknown();
        var reports = benchmarks.Of(id);
        if (format != "csv")
            return TypedResults.Ok(new BenchmarksAnswer(id, reports, reports.Count));
        using var text = new StringWriter();
        CuratedTableWriter.Write(text, reports.Where(r => r.State == BenchmarkState.Completed).Select(r => r.Row?.ToTableRow()).OfType<BenchmarkRow>());
        return TypedResults.Text(text.ToString(), "text/csv", Encoding.UTF8);
    }

    private static async Task<IResult> CancelAsync(
        string id, string benchmarkId, IDeviceFleet fleet, DeviceBenchmarks benchmarks, CancellationToken cancellationToken)
    {
        if (fleet.Find(id) is null)
            return Unknown();
        if (benchmarks.Find(id, benchmarkId) is not { } report)
            return ApiProblem.Of(StatusCodes.Status404NotFound, "benchmark_id", "The device has no such benchmark. GET /api/devices/{id}/benchmarks lists them.");
        if (report.State is not (BenchmarkState.Requested or BenchmarkState.Running))
            return ApiProblem.Of(StatusCodes.Status409Conflict, "benchmark_id", "The benchmark has ended.");
        try
        {
            await benchmarks.CancelAsync(id, benchmarkId, cancellationToken);
            return TypedResults.Accepted((string?)null, report);
        }
        catch (BenchmarkRefusedException refusal)
        {
            return ApiProblem.Of(StatusCodes.Status409Conflict, "device_id", refusal.Message);
        }
    }

    private static IResult Unknown() =>
        ApiProblem.Of(StatusCodes.Status404NotFound, "device_id", "There is no such device. GET /api/devices lists them.");
}
