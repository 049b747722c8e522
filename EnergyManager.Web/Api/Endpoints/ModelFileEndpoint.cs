using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Security;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>GET /models/{file}</c>: what devices download. Resumable (Range), revalidated by content (ETag is the SHA-256).</summary>
internal static class ModelFileEndpoint
{
    private const string HashQuery = "sha256";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/models/{**file}", [HttpMethods.Get, HttpMethods.Head], GetAsync)
            .WithName("GetModelFile")
            .WithTags("Models")
            .WithSummary("An artifact of the model store")
            .WithDescription(
                "Supports Range, If-Range and If-None-Match. The ETag is the quoted SHA-256 of the content. With sha256 the answer is that "
                + "content, also after the name has got a newer version.")
            .Query(HashQuery, JsonSchemaType.String, "SHA-256 of a version, 64 hex digits; without it the newest answers.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status206PartialContent, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified)
            .RequireAuthorization(Policies.Artifacts)
            .Problems(400, 404, 416);

    /// <summary>Path of the very bytes of an artifact: <c>/models/net.onnx?sha256=4f2c...</c>.</summary>
    public static string PathOf(ModelArtifact artifact) => $"/models/{Uri.EscapeDataString(artifact.FileName)}?{HashQuery}={artifact.Sha256}";

    private static async Task<IResult> GetAsync(string? file, HttpRequest http, IModelStore store, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        var sha256 = new QueryFields(http.Query, errors).Text(HashQuery)?.ToLowerInvariant();
        if (!errors.Any && sha256 is not null && (sha256.Length != 64 || !sha256.All(char.IsAsciiHexDigit)))
            errors.Add(HashQuery, "Give the whole SHA-256: 64 hex digits.");
        if (errors.Any)
            return ApiProblem.Of(errors);
        if (!ArtifactNames.IsValid(file))
            return Missing("file", "The model store has no such file. GET /api/models/all names the files that it has (file_name).");
        if (sha256 is not null)
        {
            return await store.OpenContentAsync(sha256, cancellationToken) is { } version
                ? Answer(version, file!, sha256)
                : Missing(HashQuery, $"The model store has no content with this hash. GET /api/models/{{name}} lists the versions of a model that it has.");
        }

        return await store.FindFileAsync(file!, cancellationToken) is { } artifact && await store.OpenContentAsync(artifact.Sha256, cancellationToken) is { } newest
            ? Answer(newest, artifact.FileName, artifact.Sha256)
            : Missing("file", "The model store has no such file. GET /api/models/all names the files that it has (file_name).");
    }

    // The stream of the opened file: what is replaced or removed meanwhile is sent to the end as it was.
    private static FileStreamHttpResult Answer(FileStream content, string fileName, string sha256) => TypedResults.Stream(
        content,
        "application/octet-stream",
        fileName,
        new DateTimeOffset(File.GetLastWriteTimeUtc(content.SafeFileHandle)),
        new EntityTagHeaderValue($"\"{sha256}\""),
        enableRangeProcessing: true);

    private static ProblemHttpResult Missing(string field, string message) => ApiProblem.Of(StatusCodes.Status404NotFound, field, message);
}
