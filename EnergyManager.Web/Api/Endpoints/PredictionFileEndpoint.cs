using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Units;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>POST /api/predict-energy/file</c>: what an ONNX file would cost, from its graph. Nothing of it is kept.</summary>
internal static class PredictionFileEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/predict-energy/file", PredictAsync)
            .WithName("PredictEnergyOfFile")
            .WithTags("Prediction")
            .WithSummary("Inspects an ONNX file and predicts its energy")
            .FileBody(rawToo: true)
            .DeviceTypeQuery()
            .Query("latency_avg_s", JsonSchemaType.Number, "Latency of one inference on the device, where it was measured.")
            .Query("inferences", JsonSchemaType.Integer, "Inferences of the run; 500 (the standard run) when not given.")
            .Query("file_name", JsonSchemaType.String, "Name of a file that is sent as the raw body.")
            .Produces<PredictionAnswer>()
            .Problems(400, 413, 415, 422, 503);

    private static async Task<IResult> PredictAsync(
        HttpRequest http, IModelStore store, ArtifactInspector inspector, IPredictorProvider predictors, IOptions<ManagerOptions> options,
        CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var deviceType = query.Text("device_type");
        var latency = query.Positive("latency_avg_s", "seconds");
        var inferences = query.Count("inferences", PredictionReader.MaximumInferences);
        if (errors.Any)
            return ApiProblem.Of(errors);
        var maximumBytes = options.Value.Caps.UploadBytes;
        await using var upload = await FileUpload.OpenAsync(http, maximumBytes, rawToo: true, cancellationToken);
        await using var part = await StorePart.CreateAsync(store, upload.Content, maximumBytes, cancellationToken);
        var inspection = inspector.Inspect(part, cancellationToken);
        if (inspection.Parameters == 0 || inspection.Macs == 0)
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "file", NothingToPredictFrom(inspection));
        var model = Path.GetFileNameWithoutExtension(upload.FileName);
        var figures = ArtifactInspector.Figures(inspection);
        var request = figures.ToRequest(model, deviceType) with { LatencyS = latency, Inferences = inferences ?? StandardRun.Inferences };
        var prediction = (await predictors.GetAsync(cancellationToken)).Predict(request);
        var notes = new List<string>(figures.Notes);
        if (prediction.Device.Note is { } note)
            notes.Add(note);
        if (inspection.RandomWeights)
            notes.Add(ModelArtifact.RandomWeightsLabel);
        return TypedResults.Ok(PredictionAnswer.From(prediction, model, notes) with
        {
            Inspection = InspectionAnswer.From(inspection),
        });
    }

    private static string NothingToPredictFrom(OnnxInspection inspection)
    {
        var found = inspection.Parameters == 0 ? "no weights" : "no convolutions, matrix products or recurrent layers";
        var reason = inspection.Unresolved.Count == 0 ? "" : $" Not counted: {inspection.Unresolved[0]}.";
        return $"The model has {found} that could be counted, so there is nothing to predict from.{reason} Give the figures to POST /api/predict-energy instead.";
    }
}
