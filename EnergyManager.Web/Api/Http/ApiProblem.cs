using EnergyManager.Core.Prediction;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EnergyManager.Web.Api.Http;

/// <summary>
/// RFC 9457 problem documents. Each names what to mend in its <c>errors</c> member:
/// <c>{"title":"Bad Request","status":400,"detail":"params_m: give a number greater than 0.","errors":{"params_m":["give a number ..."]}}</c>.
/// </summary>
internal static class ApiProblem
{
    public const string ErrorsMember = "errors";
    public const string ContentType = "application/problem+json";

    /// <summary>A problem with one field of the request.</summary>
    public static ProblemHttpResult Of(int status, string field, string message, params IEnumerable<KeyValuePair<string, object?>> members) =>
        Create(status, message, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] }, members);

    /// <summary>A problem with the fields of the request.</summary>
    public static ProblemHttpResult Of(FieldErrors errors, int status = StatusCodes.Status400BadRequest)
    {
        var fields = errors.ToDictionary();
        var first = fields.First();
        var more = fields.Count > 1 ? $" ({fields.Count - 1} more in errors)" : "";
        return Create(status, $"{first.Key}: {first.Value[0]}{more}", fields, []);
    }

    extension(PredictionRefusedException refusal)
    {
        /// <summary>422 for figures that are well-formed but cannot be, or that nothing measured resembles; 400 for wrong ones.</summary>
        public int StatusCode => refusal.IsImplausible ? StatusCodes.Status422UnprocessableEntity : StatusCodes.Status400BadRequest;
    }

    private static ProblemHttpResult Create(
        int status, string detail, Dictionary<string, string[]> errors, IEnumerable<KeyValuePair<string, object?>> members) =>
        TypedResults.Problem(detail, statusCode: status, extensions: [KeyValuePair.Create<string, object?>(ErrorsMember, errors), .. members]);
}
