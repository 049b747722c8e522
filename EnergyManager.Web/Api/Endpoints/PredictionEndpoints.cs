using System.Text.Json;
using EnergyManager.Core.Devices;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>POST /api/predict-energy</c>: one model or many.</summary>
internal static class PredictionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/predict-energy", PredictAsync)
            .WithName("PredictEnergy")
            .WithTags("Prediction")
            .WithSummary("Predicts the energy of a model from its figures")
            .WithDescription(
                "Send one object, or an array of them: the answer has the same shape. With latency_avg_s (or throughput_iter_per_s, or "
                + "run_duration_s with inferences) the power is predicted; without, the latency is predicted too (mode: static). With device_id "
                + "the prediction is corrected by what that device has measured (mode: calibrated). With campaign (one of those that "
                + "/api/energy/model lists) the power is that of the set-up of those measurements. Energies are of the run of `inferences` "
                + "inferences, 500 when not given. A run that the board cannot have done, or a model that nothing measured resembles, is "
                + "refused with 422 and the field to look at.")
            .Accepts<PredictionBody>("application/json")
            .Produces<PredictionAnswer>()
            .Problems(400, 413, 415, 422, 503);
    }

    private static async Task<IResult> PredictAsync(
        HttpRequest http, PredictionAnswers predictions, DeviceTypeCatalog catalog, IOptions<ManagerOptions> options, CancellationToken cancellationToken)
    {
        var caps = options.Value.Caps;
        using var json = await JsonBody.ReadAsync(http, caps.RequestBodyBytes, cancellationToken);
        var errors = new FieldErrors();
        if (json.RootElement.ValueKind != JsonValueKind.Array)
        {
            if (PredictionReader.Read(json.RootElement, catalog, errors) is not { } read)
                return ApiProblem.Of(errors);
            var refusals = new PredictionRefusals();
            return await predictions.PredictAsync(read, refusals, "", cancellationToken) is { } answer ? TypedResults.Ok(answer) : refusals.Problem();
        }

        var count = json.RootElement.GetArrayLength();
        if (count == 0)
            return ApiProblem.Of(StatusCodes.Status400BadRequest, "body", "The array is empty: send at least one object.");
        if (count > caps.PredictionBatch)
        {
            return ApiProblem.Of(
                StatusCodes.Status413PayloadTooLarge, "body", $"The array has {count} items; at most {caps.PredictionBatch} are predicted at once: send it in parts.");
        }

        return await PredictManyAsync(json.RootElement, count, predictions, catalog, errors, cancellationToken);
    }

    private static async Task<IResult> PredictManyAsync(
        JsonElement array, int count, PredictionAnswers predictions, DeviceTypeCatalog catalog, FieldErrors errors, CancellationToken cancellationToken)
    {
        var requests = new List<ReadPrediction>(count);
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (PredictionReader.Read(item, catalog, errors, Prefix(index++)) is { } read)
                requests.Add(read);
        }

        if (errors.Any)
            return ApiProblem.Of(errors);
        var answers = new List<PredictionAnswer>(count);
        var refusals = new PredictionRefusals();
        for (var i = 0; i < requests.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await predictions.PredictAsync(requests[i], refusals, Prefix(i), cancellationToken) is { } answer)
                answers.Add(answer);
        }

        return refusals.Any ? refusals.Problem() : TypedResults.Ok<IReadOnlyList<PredictionAnswer>>(answers);
    }

    private static string Prefix(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"[{index}].");
}
