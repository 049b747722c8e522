using System.Text.Json;

namespace EnergyManager.Web.Api.Http;

/// <summary>Reads a JSON body of bounded size, and says which field made it unreadable.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    /// <summary>Reads the whole body.</summary>
    /// <exception cref="ApiRequestException">Not JSON by its media type (415), too large (413), malformed (400).</exception>
    public static async Task<JsonDocument> ReadAsync(HttpRequest request, long maximumBytes, CancellationToken cancellationToken)
    {
        if (!request.HasJsonContentType())
        {
            throw new ApiRequestException(
                StatusCodes.Status415UnsupportedMediaType, "content_type", "Send JSON: set the header Content-Type: application/json.");
        }

        if (request.ContentLength > maximumBytes)
        {
            BodyLimit.Set(request, Math.Min(request.ContentLength.Value, BodyLimit.MostThrownAwayBytes));
            throw TooLarge(maximumBytes);
        }

        BodyLimit.Set(request, maximumBytes);
        using var buffer = new MemoryStream(capacity: (int)(request.ContentLength ?? 4096));
        try
        {
            await request.Body.CopyToAsync(buffer, cancellationToken);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw TooLarge(maximumBytes);
        }

        // The document keeps the memory that it parses: hand it the buffer's own array.
        var json = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        try
        {
            return JsonDocument.Parse(json, Options);
        }
        catch (JsonException exception)
        {
            var field = FieldBeforeFault(json.Span);
            var message = json.Length == 0
                ? "The body is empty: send JSON."
                : $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}"
                  + (field is null ? "." : $", at {field}. NaN and Infinity are not JSON numbers.");
            throw new ApiRequestException(StatusCodes.Status400BadRequest, field ?? "body", message);
        }
    }

    private static ApiRequestException TooLarge(long maximumBytes) =>
        new(StatusCodes.Status413PayloadTooLarge, "body", $"The request body is larger than {maximumBytes} bytes.");

    /// <summary>The property whose value could not be read, for example <c>params_m</c> in <c>{"params_m":NaN}</c>.</summary>
    private static string? FieldBeforeFault(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        string? field = null;
        try
        {
            while (reader.Read())
                field = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString() : null;
            return null;
        }
        catch (JsonException)
        {
            return field is { Length: > 0 and <= 64 } ? field : null;
        }
        catch (InvalidOperationException)
        {
            // A property name that is not UTF-8.
            return null;
        }
    }
}
