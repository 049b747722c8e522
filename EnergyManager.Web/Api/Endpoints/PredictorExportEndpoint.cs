using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Export;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Library;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>GET /api/energy/model/onnx</c>: the predictor of a device type as a file.</summary>
internal static class PredictorExportEndpoint
{
    private const string Measured = "measured";
    private const string Static = "static";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/energy/model/onnx", ExportAsync)
            .WithName("ExportEnergyModel")
            .WithTags("Prediction")
            .WithSummary("The model that predicts, as an ONNX file that any runtime evaluates")
            .DeviceTypeQuery()
            .Query("mode", JsonSchemaType.String, "measured (the default): for networks that ran on the device; static: for those that did not.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Problems(400, 503);

    private static async Task<IResult> ExportAsync(HttpRequest http, IPredictorProvider predictors, DeviceTypeCatalog catalog, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var query = new QueryFields(http.Query, errors);
        var deviceType = query.Text("device_type");
        var mode = query.Text("mode") ?? Measured;
        if (!catalog.TryResolve(deviceType, out var resolution))
            errors.Add("device_type", $"'{deviceType}' is unknown. Accepted: {catalog.AcceptedNames}.");
        if (mode is not (Measured or Static))
            errors.Add("mode", $"'{mode}' is not {Measured} or {Static}.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        var model = (await predictors.GetAsync(cancellationToken)).Model(resolution!.Device.Id);
        var bytes = PredictorExporter.Write(model, mode == Static ? PredictionMode.Static : PredictionMode.MeasuredLatency);
        return TypedResults.Bytes(bytes, "application/octet-stream", $"energy-{model.Device.Id}-{mode}.onnx");
    }
}
