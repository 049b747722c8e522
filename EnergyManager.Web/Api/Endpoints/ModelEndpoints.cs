using System.Runtime.CompilerServices;
using System.Text.Json;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using EnergyManager.Web.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/models</c>: listing, recommendation, and upload into the store.</summary>
internal static class ModelEndpoints
{
    private const int MaximumLimit = 1000;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("Models");
        models.MapGet("/all", AllAsync)
            .WithName("ListModels")
            .WithSummary("Every model of the benchmark and of the store")
            .WithDescription("Energies are of the standard run (500 inferences at batch 1). provenance says whether they were measured in the benchmark or predicted.")
            .DeviceTypeQuery()
            .Produces<ModelsAnswer>()
            .Problems(400, 503);
        models.MapGet("/recommended", RecommendedAsync)
            .WithName("RecommendModels")
            .WithSummary("Models within energy, size, latency and accuracy limits, best first")
            .DeviceTypeQuery()
            .Query("max_energy", JsonSchemaType.Number, "Energy of the standard run at most, in mWh.", 100)
            .Query("max_size", JsonSchemaType.Number, "Size at most, in MB.", 100)
            .Query("max_latency", JsonSchemaType.Number, "Latency of one inference at most, in seconds.", 0.5)
            .Query("min_top1", JsonSchemaType.Number, "ImageNet top-1 accuracy at least, in percent.")
            .Query("max_memory", JsonSchemaType.String, "Memory that the model needs at most, in MB; `free` for what the device of device_id has free now.")
            .Query("executable", JsonSchemaType.String, "`ready`: in the store as ONNX; `obtainable`: also what may be fetched; `any`: also what is delivered only.", "any")
            .Query("device_id", JsonSchemaType.String, "Device whose own measurements correct energies and latencies; its type is taken when device_type is not given.")
            .Query("limit", JsonSchemaType.Integer, $"Rows at most, 1 to {MaximumLimit}.", 10)
            .Produces<ModelsAnswer>()
            .Problems(400, 404, 409, 503);
        models.MapGet("/{name}/cheaper", CheaperAsync)
            .WithName("CheaperModels")
            .WithSummary("Models that need less energy than one and are at least as accurate")
            .DeviceTypeQuery()
            .Query("device_id", JsonSchemaType.String, "Device whose own measurements correct energies and latencies; its type is taken when device_type is not given.")
            .Query("limit", JsonSchemaType.Integer, $"Rows at most, 1 to {MaximumLimit}.", 10)
            .Produces<CheaperAnswer>()
            .Problems(400, 404, 503);
        models.MapGet("/{name}", VersionsAsync)
            .WithName("GetModel")
            .WithSummary("The files and versions of a model in the store, with what is known of each")
            .WithDescription("name is a model name or a file name. A version stays what it is: its url gives the same bytes for as long as it is kept.")
            .Produces<StoredModel>()
            .Problems(404);
        models.MapDelete("/{name}", RemoveAsync)
            .WithName("RemoveModel")
            .WithSummary("Removes a model from the store with all its versions")
            .WithDescription("Refused while a device runs it, should run it or may go back to it, or a deployment of it is under way.")
            .Produces<RemovalAnswer>()
            .Problems(404, 409);
        models.MapPost("/upload", UploadAsync)
            .WithName("UploadModel")
            .WithSummary("Takes a model file into the store")
            .FileBody(rawToo: false)
            .Produces<ArtifactAnswer>(StatusCodes.Status201Created)
            .Problems(400, 413, 415);
    }

    private static async Task<IResult> AllAsync(HttpRequest http, IModelLibrary library, ListingBytes bytes, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var deviceType = new QueryFields(http.Query, errors).Text("device_type");
        if (errors.Any)
            return ApiProblem.Of(errors);
        var listing = await library.AllAsync(deviceType, cancellationToken);
        return TypedResults.Bytes(bytes.Of(listing), "application/json; charset=utf-8");
    }

    private static async Task<IResult> RecommendedAsync(HttpRequest http, IModelLibrary library, IDeviceFleet fleet, ILiveFeed live, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var defaults = new ModelConstraints();
        var memory = query.Text("max_memory");
        var constraints = new ModelConstraints
        {
            MaxEnergyMwh = query.Positive("max_energy", "mWh") ?? defaults.MaxEnergyMwh,
            MaxSizeMb = query.Positive("max_size", "MB") ?? defaults.MaxSizeMb,
            MaxLatencyS = query.Positive("max_latency", "seconds") ?? defaults.MaxLatencyS,
            MinTop1 = query.UpTo("min_top1", 100, "percent"),
            MaxMemoryMb = memory is "free" ? null : query.Positive("max_memory", "MB, or the word free"),
            Readiness = Readiness(query.Text("executable"), errors),
            DeviceId = query.Text("device_id"),
            Limit = query.Count("limit", MaximumLimit) ?? defaults.Limit,
        };
        var deviceType = query.Text("device_type");
        if (memory is "free" && constraints.DeviceId is null)
            errors.Add("max_memory", "free is what a device has free: give its device_id too, or a number of MB.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        if (constraints.DeviceId is { } id)
        {
            if (fleet.Find(id) is not { } device)
                return UnknownDevice();
            deviceType ??= device.DeviceType;
            if (memory is "free")
            {
                if (FreeMemory.Mb(device, live.Latest(id)) is not { } free)
                    return ApiProblem.Of(StatusCodes.Status409Conflict, "max_memory", "The device has not said how much memory it has free: give a number of MB.");
                constraints = constraints with { MaxMemoryMb = free };
            }
        }

        return TypedResults.Ok(ModelsAnswer.From(await library.RecommendAsync(deviceType, constraints, cancellationToken)));
    }

    private static async Task<IResult> CheaperAsync(string name, HttpRequest http, IModelLibrary library, IDeviceFleet fleet, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var (deviceType, deviceId, limit) = (query.Text("device_type"), query.Text("device_id"), query.Count("limit", MaximumLimit) ?? new ModelConstraints().Limit);
        if (errors.Any)
            return ApiProblem.Of(errors);
        if (deviceId is not null)
        {
            if (fleet.Find(deviceId) is not { } device)
                return UnknownDevice();
            deviceType ??= device.DeviceType;
        }

        return await library.CheaperAsync(name, deviceType, deviceId, limit, cancellationToken) is { } cheaper
            ? TypedResults.Ok(CheaperAnswer.From(name, cheaper))
            : ApiProblem.Of(StatusCodes.Status404NotFound, "name", $"No model is called '{name}'. GET /api/models/all lists them.");
    }

    private static ExecutionReadiness Readiness(string? text, FieldErrors errors)
    {
        switch (text)
        {
            case null or "any":
                return ExecutionReadiness.DeliveredOnly;
            case "ready":
                return ExecutionReadiness.Ready;
            case "obtainable":
                return ExecutionReadiness.Obtainable;
            default:
                errors.Add("executable", "Give ready, obtainable or any.");
                return default;
        }
    }

    private static IResult UnknownDevice() =>
        ApiProblem.Of(StatusCodes.Status404NotFound, "device_id", "There is no such device. GET /api/devices lists them.");

    private static async Task<IResult> VersionsAsync(string name, StoreCatalog catalog, CancellationToken cancellationToken) =>
        await catalog.FindAsync(name, cancellationToken) is { } model
            ? TypedResults.Ok(model)
            : ApiProblem.Of(
                StatusCodes.Status404NotFound, "name", $"The model store has no file of {name}. Upload one (POST /api/models/upload) or fetch it (POST /api/models/download).");

    private static async Task<IResult> RemoveAsync(string name, IModelStore store, IArtifactNeeds needs, StoreWatcher watcher, CancellationToken cancellationToken)
    {
        try
        {
            var removal = await store.RemoveAsync(name, needs, cancellationToken);
            if (removal.RefusedBecause is { } reason)
                return ApiProblem.Of(StatusCodes.Status409Conflict, "name", reason);
            watcher.Notify();
            return TypedResults.Ok(new RemovalAnswer("success", $"{string.Join(", ", removal.FileNames)} removed from the model store.", removal.FileNames));
        }
        catch (ModelStoreException exception) when (exception.Field == "model")
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "name", exception.Message);
        }
    }

    private static async Task<IResult> UploadAsync(
        HttpRequest http, IModelLibrary library, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        await using var upload = await FileUpload.OpenAsync(http, options.Value.Caps.UploadBytes, rawToo: false, cancellationToken);
        var artifact = await library.UploadAsync(upload.FileName, upload.Content, cancellationToken);
        var answer = ArtifactAnswer.From(artifact, $"{artifact.FileName} is in the model store.");
        return TypedResults.Created(answer.Url, answer);
    }
}

/// <summary>
/// Listings as bytes. The library hands out the same listing until something changes, so each is written once; the bytes go
/// when the listing goes.
/// </summary>
internal sealed class ListingBytes
{
    private readonly ConditionalWeakTable<ModelListing, byte[]> _bytes = [];

    public ReadOnlyMemory<byte> Of(ModelListing listing) =>
        _bytes.GetValue(listing, static l => JsonSerializer.SerializeToUtf8Bytes(ModelsAnswer.From(l), ApiJson.Default.ModelsAnswer));
}
