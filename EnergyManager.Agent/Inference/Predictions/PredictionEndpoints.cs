using System.Net.Mime;
using System.Text.Json;
using EnergyManager.Agent.LocalApi;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference.Predictions;

/// <summary><c>POST /predict</c>: one inference of the running model on given input. <c>GET /predict</c>: what it takes and gives.</summary>
public sealed class PredictionEndpoints(InferenceEngine engine, IOptions<AgentOptions> options) : ILocalEndpoints
{
    public void Map(LocalRoutes routes) => routes
        .Get("/predict", DescribeAsync)
        .Post("/predict", options.Value.Inference.MaximumPredictionBytes, PredictAsync);

    private Task DescribeAsync(HttpContext context)
    {
        var model = Running();
        var signature = model.Runner.Signature;
        return context.Response.WriteJsonAsync(
            StatusCodes.Status200OK, new PredictionSignature(model.Model, model.DeploymentId, signature.Inputs, signature.Outputs), PredictionJsonContext.Default.PredictionSignature);
    }

    private async Task PredictAsync(HttpContext context)
    {
        if (!LocalHttp.IsJson(context.Request.ContentType))
            throw new LocalProblemException(StatusCodes.Status415UnsupportedMediaType, $"The body must be {MediaTypeNames.Application.Json}, named by the header Content-Type.");
        var signature = Running().Runner.Signature;
        using var body = await ParseAsync(context.Request);
        var inputs = PredictionJson.Read(body.RootElement, signature);
        try
        {
            var (model, prediction) = await engine.PredictAsync(inputs, context.RequestAborted);
            var answer = PredictionJson.Write(model, prediction);
            context.Response.ContentType = MediaTypeNames.Application.Json;
            context.Response.ContentLength = answer.Length;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
        }
        catch (PredictionRefusedException refused)
        {
            context.Response.Headers.RetryAfter = "1";
            throw new LocalProblemException(StatusCodes.Status503ServiceUnavailable, refused.Message, refused);
        }
        catch (ModelCrashException crash)
        {
            throw new LocalProblemException(StatusCodes.Status503ServiceUnavailable, crash.Message, crash);
        }
        catch (ModelException failed)
        {
            throw new LocalProblemException(StatusCodes.Status400BadRequest, failed.Message, failed);
        }
    }

    private static async Task<JsonDocument> ParseAsync(HttpRequest request)
    {
        try
        {
            return await JsonDocument.ParseAsync(request.Body, default, request.HttpContext.RequestAborted);
        }
        catch (JsonException exception)
        {
            throw new LocalProblemException(StatusCodes.Status400BadRequest, $"The body cannot be read as JSON: {exception.Message}", exception);
        }
    }

    private ActiveModel Running() =>
        engine.Active ?? throw new LocalProblemException(StatusCodes.Status503ServiceUnavailable, "No model runs on this device: deploy one first.");
}
