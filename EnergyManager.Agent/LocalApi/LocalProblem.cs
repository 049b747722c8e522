using System.Text.Json.Serialization;

namespace EnergyManager.Agent.LocalApi;

/// <summary>An answer that is an error, as problem details (RFC 9457).</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What kind of error it is.</param>
/// <param name="Detail">What is wrong and the way out, for people.</param>
/// <param name="Errors">What is wrong by field (snake_case, as the body has it), where fields are to blame.</param>
public sealed record LocalProblem(int Status, string Title, string Detail, IReadOnlyDictionary<string, string[]>? Errors);

/// <summary>Ends a request with a <see cref="LocalProblem"/>.</summary>
public sealed class LocalProblemException : Exception
{
    public LocalProblemException(int status, string detail, Exception? innerException = null) : base(detail, innerException) => Status = status;

    /// <summary>A 400 that names fields.</summary>
    /// <param name="errors">What is wrong, by the field's name in the body.</param>
    public LocalProblemException(IReadOnlyDictionary<string, string[]> errors) : base("The body has fields that cannot be used.") =>
        (Status, Errors) = (StatusCodes.Status400BadRequest, errors);

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    public IReadOnlyDictionary<string, string[]>? Errors { get; }

    /// <summary>A 400 that names one field.</summary>
    public static LocalProblemException OfField(string field, string message) =>
        new(new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] });

    public LocalProblem ToProblem() => new(Status, TitleOf(Status), Message, Errors);

    private static string TitleOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "Bad request",
        StatusCodes.Status401Unauthorized => "Unauthorized",
        StatusCodes.Status403Forbidden => "Forbidden",
        StatusCodes.Status404NotFound => "Not found",
        StatusCodes.Status405MethodNotAllowed => "Method not allowed",
        StatusCodes.Status409Conflict => "Conflict",
        StatusCodes.Status413PayloadTooLarge => "Body too large",
        StatusCodes.Status415UnsupportedMediaType => "Unsupported media type",
        StatusCodes.Status421MisdirectedRequest => "Misdirected request",
        StatusCodes.Status429TooManyRequests => "Too many requests",
        StatusCodes.Status503ServiceUnavailable => "Not available",
        _ => "Error",
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(LocalProblem))]
internal sealed partial class LocalProblemJson : JsonSerializerContext;
