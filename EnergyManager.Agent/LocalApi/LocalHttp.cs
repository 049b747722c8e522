using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace EnergyManager.Agent.LocalApi;

/// <summary>Reading bodies and writing answers of the local interface.</summary>
public static class LocalHttp
{
    private const string ProblemJson = "application/problem+json";

    /// <summary>Reads a JSON body.</summary>
    /// <exception cref="LocalProblemException">The body is no JSON, or not of this form; the field is named.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpRequest request, JsonTypeInfo<T> type)
    {
        if (!IsJson(request.ContentType))
        {
            throw new LocalProblemException(
                StatusCodes.Status415UnsupportedMediaType, $"The body must be {MediaTypeNames.Application.Json}, named by the header Content-Type.");
        }
        try
        {
            return await JsonSerializer.DeserializeAsync(request.Body, type, request.HttpContext.RequestAborted)
                ?? throw new LocalProblemException(StatusCodes.Status400BadRequest, "The body is null; send an object.");
        }
        catch (JsonException exception)
        {
            // The exception's own words name types of this program, which tell a caller nothing.
            var field = exception.Path?.TrimStart('$', '.');
            throw exception.InnerException is JsonException || string.IsNullOrEmpty(field)
                ? new LocalProblemException(
                    StatusCodes.Status400BadRequest, $"The body is not a JSON object (line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}).", exception)
                : LocalProblemException.OfField(field, $"{field} is not known here, or its value is of the wrong type.");
        }
    }

    public static Task WriteJsonAsync<T>(this HttpResponse response, int status, T value, JsonTypeInfo<T> type) =>
        response.WriteAsync(status, MediaTypeNames.Application.Json, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public static Task WriteProblemAsync(this HttpResponse response, LocalProblem problem) =>
        response.WriteAsync(problem.Status, ProblemJson, JsonSerializer.SerializeToUtf8Bytes(problem, LocalProblemJson.Default.LocalProblem));

    public static Task WriteTextAsync(this HttpResponse response, string contentType, string text) =>
        response.WriteAsync(StatusCodes.Status200OK, contentType, Encoding.UTF8.GetBytes(text));

    /// <summary>Whether a content type is JSON, with or without parameters.</summary>
    public static bool IsJson(string? contentType)
    {
        var type = contentType.AsSpan();
        if (type.IndexOf(';') is >= 0 and var end)
            type = type[..end];
        return type.Trim().Equals(MediaTypeNames.Application.Json, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task WriteAsync(this HttpResponse response, int status, string contentType, byte[] body)
    {
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.Body.WriteAsync(body, response.HttpContext.RequestAborted);
    }
}
