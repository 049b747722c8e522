using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Library;
using Microsoft.AspNetCore.Diagnostics;

namespace EnergyManager.Web.Api.Http;

/// <summary>Turns what the features throw at a caller's mistake into a problem document; everything else stays a 500.</summary>
internal sealed class ApiExceptionHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            ApiRequestException e => ApiProblem.Of(e.StatusCode, e.Field, e.Message),
            PredictionRefusedException e => ApiProblem.Of(e.StatusCode, OrBody(e.Field), e.Message),
            ModelStoreException e => ApiProblem.Of(StatusCodes.Status400BadRequest, OrBody(e.Field), e.Message),
            PredictorUnavailableException e => ApiProblem.Of(StatusCodes.Status503ServiceUnavailable, "predictor", e.Message),
            BalenaException e => ApiProblem.Of(e.StatusCode, "balena", e.Message),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                ApiProblem.Of(StatusCodes.Status413PayloadTooLarge, "body", "The request body is larger than this endpoint accepts."),
            BadHttpRequestException e => ApiProblem.Of(e.StatusCode, "body", e.Message),
            _ => null,
        };
        if (problem is null || httpContext.Response.HasStarted)
            return false;
        if (exception is BalenaException { RetryAfter: { } wait })
            httpContext.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await problem.ExecuteAsync(httpContext);
        return true;
    }

    private static string OrBody(string field) => field.Length == 0 ? "body" : field;
}
