using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Library;

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
            .WithSummary("The model that predicts: rows, features, cross-validated accuracy")
            .DeviceTypeQuery()
            .Produces<EnergyModelAnswer>()
            .Problems(400, 503);
    }

    private static async Task<IResult> ThresholdsAsync(HttpRequest http, IPredictorProvider predictors, DeviceTypeCatalog catalog, CancellationToken cancellationToken)
    {
        if (Resolve(http, catalog, out var resolution) is { } problem)
            return problem;
        var thresholds = (await predictors.GetAsync(cancellationToken)).Thresholds(resolution!.Device.Id);
        return TypedResults.Ok(new ThresholdsAnswer(
            thresholds.Device.Id,
            thresholds.ExcellentBelow.MilliwattHours,
            thresholds.GoodBelow.MilliwattHours,
            thresholds.AcceptableBelow.MilliwattHours,
            StandardRun.Inferences,
            thresholds.Rows,
            resolution.Note ?? thresholds.Note));
    }

    private static async Task<IResult> ModelAsync(HttpRequest http, IPredictorProvider predictors, DeviceTypeCatalog catalog, CancellationToken cancellationToken)
    {
        if (Resolve(http, catalog, out var resolution) is { } problem)
            return problem;
        var info = (await predictors.GetAsync(cancellationToken)).Describe(resolution!.Device.Id);
        return TypedResults.Ok(new EnergyModelAnswer
        {
            DeviceType = info.Device.Id,
            Version = info.Version,
            Rows = info.Rows,
            Features = info.Features,
            Validation = info.Validation,
            Mape = info.Accuracy.Mape,
            MedianApe = info.Accuracy.MedianApe,
            R2 = info.Accuracy.R2,
            MaeMwh = info.Accuracy.MaeMwh,
            Within10 = info.Accuracy.Within10,
            Coverage90 = info.Coverage90,
            Coverage95 = info.Coverage95,
            GainImportance = info.GainImportance,
            TrainingTimeS = info.TrainingTime.TotalSeconds,
            Note = resolution.Note,
        });
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
