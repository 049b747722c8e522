using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library.Downloads;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/models/download</c> and <c>/api/models/downloads</c>: models from their sources into the store.</summary>
internal static class DownloadEndpoints
{
    private const string Downloads = "/api/models/downloads";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var models = routes.MapGroup("/api/models").WithTags("Models");
        models.MapPost("/download", DownloadAsync)
            .WithName("DownloadModel")
            .WithSummary("Makes sure that the store holds a model, fetching it from its sources when it does not")
            .WithDescription(
                "Asked are, in the configured order, the Hugging Face Hub for ONNX, the exporter, and the Hub for weights. The answer comes when the file is in the "
                + "store; with \"wait\": false it comes at once (202) with a download_id to follow or cancel. A model that is under way already is joined.")
            .Accepts<DownloadBody>("application/json")
            .Produces<ArtifactAnswer>()
            .Produces<ModelDownload>(StatusCodes.Status202Accepted)
            .Problems(400, 404, 409, 413, 415, 503);
        models.MapGet("/downloads", List)
            .WithName("ListDownloads")
            .WithSummary("Downloads that are under way or wait, then those that ended, newest first")
            .Produces<DownloadsAnswer>();
        models.MapGet("/downloads/{id}", Get)
            .WithName("GetDownload")
            .WithSummary("One download: source, stage, bytes, rate, and how it ended")
            .Produces<ModelDownload>()
            .Problems(404);
        models.MapDelete("/downloads/{id}", Cancel)
            .WithName("CancelDownload")
            .WithSummary("Cancels a download")
            .WithDescription("Whoever waits for it is told. What came is kept for a day, so that asking again resumes. A download that has ended stays as it is.")
            .Produces<ModelDownload>()
            .Problems(404);
    }

    private static async Task<IResult> DownloadAsync(
        HttpRequest http, IModelDownloads downloads, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        using var json = await JsonBody.ReadAsync(http, options.Value.Caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        var fields = new JsonFields(json.RootElement, errors);
        var model = fields.Text("model_name", 128);
        if (fields.IsObject && model is null && !errors.Any)
            fields.Fail("model_name", "This field is needed: the name of a model, for example mobilenetv3_small_075.");
        if (model is not null && ArtifactNames.Problem(model + ".onnx") is { } problem)
            fields.Fail("model_name", problem.Replace("file name", "model name", StringComparison.Ordinal));
        var wait = !fields.TryGet("wait", out _) || fields.Flag("wait");
        if (errors.Any)
            return ApiProblem.Of(errors);
        try
        {
            if (!wait)
            {
                var begun = downloads.Start(model!);
                return TypedResults.Accepted($"{Downloads}/{begun.DownloadId}", begun);
            }

            var artifact = await downloads.FetchAsync(model!, progress: null, cancellationToken);
            return TypedResults.Ok(ArtifactAnswer.From(artifact, $"{artifact.FileName} is in the model store."));
        }
        catch (ModelStoreException exception) when (Status(exception.Field) is { } status)
        {
            return ApiProblem.Of(status, exception.Field, exception.Message);
        }
    }

    private static int? Status(string field) => field switch
    {
        "model_name" => StatusCodes.Status404NotFound,
        "download" => StatusCodes.Status409Conflict,
        "downloads" => StatusCodes.Status503ServiceUnavailable,
        _ => null,
    };

    private static IResult List(IModelDownloads downloads)
    {
        var list = downloads.List();
        return TypedResults.Ok(new DownloadsAnswer(list, list.Count));
    }

    private static IResult Get(string id, IModelDownloads downloads) => downloads.Find(id) is { } download ? TypedResults.Ok(download) : Unknown();

    private static IResult Cancel(string id, IModelDownloads downloads) => downloads.Cancel(id) is { } download ? TypedResults.Ok(download) : Unknown();

    private static IResult Unknown() => ApiProblem.Of(
        StatusCodes.Status404NotFound, "id", $"There is no such download, or it ended too long ago. GET {Downloads} lists those that are known.");
}
