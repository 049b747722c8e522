using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>/api/energy</c>: the traffic light's thresholds and what is known of the model.</summary>
internal static class EnergyEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var energy = routes.MapGroup("/api/energy").WithTags("Prediction");
        energy.MapGet("/thresholds", ThresholdsAsync)
            .WithName("GetThresholds")
            .WithSummary("Traffic-light bounds: quartiles of the benchmark's standard-run energies")
            .DeviceTypeQuery()
            .Produces<ThresholdsAnswer>()
            .Problems(400, 503);
        energy.MapGet("/model", ModelAsync)
            .WithName("GetEnergyModel")
            .WithSummary("The model that predicts: rows, features, settings, cross-validated accuracy, limits")
            .DeviceTypeQuery()
            .Query("detail", JsonSchemaType.String, "full: also the errors by protocol and mode, and the permutation importance. The first such request takes seconds.")
            .Produces<EnergyModelAnswer>()
            .Problems(400, 422, 503);
    }

    private static async Task<IResult> ThresholdsAsync(HttpRequest http, IPredictorProvider predictors, DeviceTypeCatalog catalog, CancellationToken cancellationToken)
    {
        if (Resolve(http, catalog, out var resolution) is { } problem)
            return problem;
        var predictor = await predictors.GetAsync(cancellationToken);
        var thresholds = predictor.Thresholds(resolution!.Device.Id);
        return TypedResults.Ok(new ThresholdsAnswer
        {
            DeviceType = thresholds.Device.Id,
            ExcellentBelowMwh = thresholds.ExcellentBelow.MilliwattHours,
            GoodBelowMwh = thresholds.GoodBelow.MilliwattHours,
            AcceptableBelowMwh = thresholds.AcceptableBelow.MilliwattHours,
            Inferences = StandardRun.Inferences,
            Rows = thresholds.Rows,
            Provenance = (thresholds.Note is null ? Provenance.Benchmark : Provenance.Predicted).ToString(),
            TableSha256 = predictor.Describe(resolution.Device.Id).TableSha256,
            Note = resolution.Note ?? thresholds.Note ?? (thresholds.AreLikely
                ? "The measurements do not state how many inferences a run had: the likely count is taken. Were it another, these figures would change by its factor."
                : null),
        });
    }

    private static async Task<IResult> ModelAsync(
        HttpRequest http, IPredictorProvider predictors, IModelValidations validations, DeviceTypeCatalog catalog, CancellationToken cancellationToken)
    {
        if (Resolve(http, catalog, out var resolution) is { } problem)
            return problem;
        var errors = new FieldErrors();
        var detail = new QueryFields(http.Query, errors).Text("detail");
        if (detail is not (null or "full"))
            errors.Add("detail", $"'{detail}' is unknown. Give full, or leave it out.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        var info = (await predictors.GetAsync(cancellationToken)).Describe(resolution!.Device.Id);
        if (detail is null)
            return TypedResults.Ok(EnergyModelAnswer.From(info, null, resolution.Note));
        try
        {
            return TypedResults.Ok(EnergyModelAnswer.From(info, await validations.GetAsync(resolution.Device, cancellationToken), resolution.Note));
        }
        catch (TrainingRefusedException refusal)
        {
            return ApiProblem.Of(StatusCodes.Status422UnprocessableEntity, "detail", $"This board's table cannot be cross-validated: {refusal.Message}");
        }
    }

    private static IResult? Resolve(HttpRequest http, DeviceTypeCatalog catalog, out DeviceTypeResolution? resolution)
    {
        var errors = new FieldErrors();
        var text = new QueryFields(http.Query, errors).Text("device_type");
        if (!catalog.TryResolve(text, out resolution))
            errors.Add("device_type", $"'{text}' is unknown. Accepted: {catalog.AcceptedNames}.");
        return errors.Any ? ApiProblem.Of(errors) : null;
    }
}
