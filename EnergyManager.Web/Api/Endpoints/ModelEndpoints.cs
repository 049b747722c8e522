using System.Runtime.CompilerServices;
using System.Text.Json;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/models</c>: listing, recommendation, upload and download into the store.</summary>
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
            .Query("limit", JsonSchemaType.Integer, $"Rows at most, 1 to {MaximumLimit}.", 10)
            .Produces<ModelsAnswer>()
            .Problems(400, 503);
        models.MapPost("/upload", UploadAsync)
            .WithName("UploadModel")
            .WithSummary("Takes a model file into the store")
            .FileBody(rawToo: false)
            .Produces<ArtifactAnswer>(StatusCodes.Status201Created)
            .Problems(400, 413, 415);
        models.MapPost("/download", DownloadAsync)
            .WithName("DownloadModel")
            .WithSummary("Makes sure that the store holds a model, fetching it from the Hugging Face Hub when it does not")
            .Accepts<DownloadBody>("application/json")
            .Produces<ArtifactAnswer>()
            .Problems(400, 404, 413, 415, 502);
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

    private static async Task<IResult> RecommendedAsync(HttpRequest http, IModelLibrary library, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var deviceType = query.Text("device_type");
        var defaults = new ModelConstraints();
        var constraints = new ModelConstraints
        {
            MaxEnergyMwh = query.Positive("max_energy", "mWh") ?? defaults.MaxEnergyMwh,
            MaxSizeMb = query.Positive("max_size", "MB") ?? defaults.MaxSizeMb,
            MaxLatencyS = query.Positive("max_latency", "seconds") ?? defaults.MaxLatencyS,
            MinTop1 = query.UpTo("min_top1", 100, "percent"),
            Limit = query.Count("limit", MaximumLimit) ?? defaults.Limit,
        };
        if (errors.Any)
            return ApiProblem.Of(errors);
        var listing = await library.RecommendAsync(deviceType, constraints, cancellationToken);
        return TypedResults.Ok(ListingBytes.Answer(listing));
    }

    private static async Task<IResult> UploadAsync(
        HttpRequest http, IModelLibrary library, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        await using var upload = await FileUpload.OpenAsync(http, options.Value.Caps.UploadBytes, rawToo: false, cancellationToken);
        var artifact = await library.UploadAsync(upload.FileName, upload.Content, cancellationToken);
        var answer = ArtifactAnswer.From(artifact, $"{artifact.FileName} is in the model store.");
        return TypedResults.Created(answer.Url, answer);
    }

    private static async Task<IResult> DownloadAsync(
        HttpRequest http, IModelLibrary library, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        using var json = await JsonBody.ReadAsync(http, options.Value.Caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        var fields = new JsonFields(json.RootElement, errors);
        var model = fields.Text("model_name", 128);
        if (fields.IsObject && model is null && !errors.Any)
            fields.Fail("model_name", "This field is needed: the name of a model, for example mobilenetv3_small_075.");
        if (model is not null && ArtifactNames.Problem(model + ".onnx") is { } problem)
            fields.Fail("model_name", problem.Replace("file name", "model name", StringComparison.Ordinal));
        if (errors.Any)
            return ApiProblem.Of(errors);
        try
        {
            var artifact = await library.FetchAsync(model!, progress: null, cancellationToken);
            return TypedResults.Ok(ArtifactAnswer.From(artifact, $"{artifact.FileName} is in the model store."));
        }
        catch (ModelStoreException exception) when (exception.Field == "model_name")
        {
            return ApiProblem.Of(StatusCodes.Status404NotFound, "model_name", exception.Message);
        }
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
        _bytes.GetValue(listing, static l => JsonSerializer.SerializeToUtf8Bytes(Answer(l), ApiJson.Default.ModelsAnswer));

    public static ModelsAnswer Answer(ModelListing listing) => new(listing.Models, listing.Models.Count, listing.DeviceType, listing.Note);
}
