using System.Security.Cryptography;
using EnergyManager.Core.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>A real server of model files on loopback, with Range and ETag, that can be told to misbehave.</summary>
internal sealed class ArtifactServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly List<string> _requests = [];
    private readonly Lock _lock = new();

    private ArtifactServer(WebApplication application) => _application = application;

    public string Address => _application.Urls.First();

    /// <summary>Takes over the answer to a request, counted from 1; <c>false</c> leaves it to the server.</summary>
    public Func<int, HttpContext, Task<bool>>? Script { get; set; }

    /// <summary>The Range header of every request, <c>-</c> for none.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public static async Task<ArtifactServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var server = new ArtifactServer(application);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        return server;
    }

    /// <summary>Serves a file and describes it as the server would.</summary>
    public DesiredModel Add(string fileName, byte[] content, string deploymentId)
    {
        _files["/models/" + fileName] = content;
        return new DesiredModel
        {
            DeploymentId = deploymentId,
            Model = Path.GetFileNameWithoutExtension(fileName),
            FileName = fileName,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(content)),
            SizeBytes = content.Length,
            Path = "/models/" + fileName,
            RatePerSecond = 50,
            CheckInferences = 3,
        };
    }

    public void Replace(string fileName, byte[] content) => _files["/models/" + fileName] = content;

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        int number;
        lock (_lock)
        {
            _requests.Add(context.Request.Headers.Range.Count > 0 ? context.Request.Headers.Range.ToString() : "-");
            number = _requests.Count;
        }
        if (Script is { } script && await script(number, context))
            return;
        if (!_files.TryGetValue(context.Request.Path, out var content))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        await Results.File(content, "application/octet-stream", enableRangeProcessing: true, entityTag: tag).ExecuteAsync(context);
    }
}
