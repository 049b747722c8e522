using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Security;
using Microsoft.Net.Http.Headers;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary><c>GET /models/{file}</c>: what devices download. Resumable (Range), revalidated by content (ETag is the SHA-256).</summary>
internal static class ModelFileEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/models/{**file}", [HttpMethods.Get, HttpMethods.Head], GetAsync)
            .WithName("GetModelFile")
            .WithTags("Models")
            .WithSummary("An artifact of the model store")
            .WithDescription("Supports Range, If-Range and If-None-Match. The ETag is the quoted SHA-256 of the content.")
            .Produces(StatusCodes.Status200OK, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status206PartialContent, contentType: "application/octet-stream")
            .Produces(StatusCodes.Status304NotModified)
            .RequireAuthorization(Policies.Artifacts)
            .Problems(404, 416);

    private static async Task<IResult> GetAsync(string? file, IModelStore store, CancellationToken cancellationToken)
    {
        // The file may be replaced between the two looks: the hash must be that of the bytes which are sent.
        for (var attempt = 0; attempt < 3; attempt++)
        {
            if (file is null || await store.FindFileAsync(file, cancellationToken) is not { } artifact || !store.TryOpen(artifact.FileName, out var stream))
                break;
            if (stream.Length == artifact.SizeBytes && File.GetLastWriteTimeUtc(stream.SafeFileHandle) == artifact.ModifiedAt.UtcDateTime)
            {
                return TypedResults.Stream(
                    stream,
                    "application/octet-stream",
                    artifact.FileName,
                    artifact.ModifiedAt,
                    new EntityTagHeaderValue($"\"{artifact.Sha256}\""),
                    enableRangeProcessing: true);
            }

            await stream.DisposeAsync();
        }

        return ApiProblem.Of(
            StatusCodes.Status404NotFound, "file", "The model store has no such file. GET /api/models/all names the files that it has (file_name).");
    }
}
