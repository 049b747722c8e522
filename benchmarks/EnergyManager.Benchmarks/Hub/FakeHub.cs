using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Benchmarks.Hub;

/// <summary>
/// A server that behaves as the Hugging Face Hub does, on two ports of loopback: the Hub itself and the content network that it
/// sends large files to. What goes wrong is set in <see cref="Faults"/>; every request is recorded.
/// </summary>
/// <remarks>
/// Large files are answered by <c>302</c> to the other host with <c>X-Linked-Etag</c> (the SHA-256), <c>X-Linked-Size</c> and
/// <c>X-Repo-Commit</c>; the content network has tags of its own. Small files come by a relative <c>307</c> with a tag of
/// 40 digits. A repository that does not exist answers 401 with <c>X-Error-Code: RepoNotFound</c>.
/// </remarks>
public sealed class FakeHub : IAsyncDisposable
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly TimeSpan ArrivalTime = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, FakeRepository> _repositories = new(StringComparer.Ordinal);
    private readonly List<FakeRequest> _requests = [];
    private readonly WebApplication _hub;
    private readonly WebApplication _cdn;
    private readonly Action<FakeRequest>? _log;

    private FakeHub(Action<FakeRequest>? log, int port)
    {
        _log = log;
        _hub = Listen(HubAsync, port);
        _cdn = Listen(CdnAsync, 0);
    }

    public string Address => _hub.Urls.First();

    public string CdnAddress => _cdn.Urls.First();

    public FakeFaults Faults { get; } = new();

    /// <summary>Requests in the order in which they came.</summary>
    public IReadOnlyList<FakeRequest> Requests
    {
        get
        {
            lock (_gate)
                return [.. _requests];
        }
    }

    /// <summary>Bytes of file contents that were written to the network.</summary>
    public long BytesSent => Requests.Sum(request => Interlocked.Read(ref request.Sent));

    public static async Task<FakeHub> StartAsync(Action<FakeRequest>? log = null, int port = 0)
    {
        var hub = new FakeHub(log, port);
        await hub._hub.StartAsync();
        await hub._cdn.StartAsync();
        return hub;
    }

    /// <summary>Adds a repository, or replaces it by a new commit.</summary>
    public FakeRepository Put(string id, string? license, params (string Path, byte[] Content)[] files)
    {
        var repository = new FakeRepository(id, license, files.ToDictionary(file => file.Path, file => file.Content, StringComparer.Ordinal));
        lock (_gate)
            _repositories[id] = repository;
        return repository;
    }

    public async ValueTask DisposeAsync()
    {
        Faults.Release();
        foreach (var app in (WebApplication[])[_hub, _cdn])
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await app.StopAsync(soon.Token);
            await app.DisposeAsync();
        }
    }

    private static WebApplication Listen(RequestDelegate answer, int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(server => server.Limits.MinResponseDataRate = null);
        var app = builder.Build();
        app.Run(answer);
        return app;
    }

    private async Task HubAsync(HttpContext context)
    {
        var request = Record(context, "hub");
        var (path, response) = (context.Request.Path.Value!, context.Response);
        if (Faults.Outage is { } outage)
        {
            Refuse(response, outage, null, "the service is down");
        }
        else if (Faults.TakeLimit())
        {
            response.Headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"api\";r=0;t={Faults.LimitSeconds}");
            response.Headers["RateLimit-Policy"] = "\"fixed window\";\"api\";q=500;w=300";
            if (Faults.LimitNamesRetryAfter)
                response.Headers.RetryAfter = Faults.LimitSeconds.ToString(CultureInfo.InvariantCulture);
            Refuse(response, StatusCodes.Status429TooManyRequests, null, "rate limited");
        }
        else if (path == "/api/models")
        {
            await JsonAsync(response, Search(context.Request.Query["author"].ToString(), context.Request.Query["search"].ToString()));
        }
        else if (path.StartsWith("/api/models/", StringComparison.Ordinal))
        {
            await DescribeAsync(context, path["/api/models/".Length..]);
        }
        else if (path.StartsWith("/small/", StringComparison.Ordinal))
        {
            await SmallAsync(context, request, path["/small/".Length..]);
        }
        else
        {
            Resolve(context, path.TrimStart('/'));
        }
    }

    private JsonArray Search(string author, string text)
    {
        lock (_gate)
        {
            return [.. _repositories.Keys.Where(id => id.StartsWith(author + "/", StringComparison.Ordinal) && id.Contains(text, StringComparison.Ordinal))
                .Select(id => (JsonNode)new JsonObject { ["id"] = id })];
        }
    }

    private async Task DescribeAsync(HttpContext context, string id)
    {
        if (Find(context, id) is not { } repository)
            return;
        var files = new JsonArray();
        foreach (var (path, content) in repository.Files)
        {
            var file = new JsonObject { ["rfilename"] = path, ["size"] = content.Length, ["blobId"] = BlobId(content) };
            if (repository.IsLarge(path))
                file["lfs"] = new JsonObject { ["sha256"] = LinkedSha256(content), ["size"] = content.Length, ["pointerSize"] = 134 };
            files.Add(file);
        }

        var json = new JsonObject { ["id"] = id, ["sha"] = repository.Commit, ["gated"] = Faults.Gated ? "auto" : (JsonNode)false, ["siblings"] = files };
        if (repository.License is { } license)
        {
            json["tags"] = new JsonArray("timm", $"license:{license}");
            json["cardData"] = new JsonObject { ["license"] = license };
        }

        await JsonAsync(context.Response, json);
        if (Faults.TakeNewCommit())
            repository.Commit = FakeRepository.NewCommit();
    }

    // timm/resnet18.a1_in1k/resolve/<commit>/model.safetensors
    private void Resolve(HttpContext context, string path)
    {
        var parts = path.Split('/', 5);
        if (parts is not [var author, var name, "resolve", var revision, var file])
        {
            Refuse(context.Response, StatusCodes.Status404NotFound, null, "not found");
            return;
        }

        if (Find(context, $"{author}/{name}") is not { } repository)
            return;
        var response = context.Response;
        if (Faults.Gated)
        {
            Refuse(response, StatusCodes.Status403Forbidden, "GatedRepo", $"Access to model {author}/{name} is restricted.");
        }
        else if (revision != repository.Commit && revision != "main")
        {
            Refuse(response, StatusCodes.Status404NotFound, "RevisionNotFound", $"Invalid rev id: {revision}");
        }
        else if (!repository.Files.TryGetValue(file, out var content))
        {
            Refuse(response, StatusCodes.Status404NotFound, "EntryNotFound", "Entry not found");
        }
        else if (repository.IsLarge(file))
        {
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers["X-Repo-Commit"] = repository.Commit;
            response.Headers["X-Linked-Size"] = content.Length.ToString(CultureInfo.InvariantCulture);
            response.Headers["X-Linked-Etag"] = $"\"{LinkedSha256(content)}\"";
            response.Headers.Location = $"{CdnAddress}/{author}/{name}/{file}?Expires=1";
        }
        else
        {
            response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            response.Headers["X-Repo-Commit"] = repository.Commit;
            response.Headers.Location = $"/small/{path}";
        }
    }

    private async Task SmallAsync(HttpContext context, FakeRequest request, string path)
    {
        var parts = path.Split('/', 5);
        if (Find(context, $"{parts[0]}/{parts[1]}") is { } repository)
            await SendAsync(context, request, repository.Files[parts[4]], $"\"{BlobId(repository.Files[parts[4]])}\"");
    }

    private async Task CdnAsync(HttpContext context)
    {
        var request = Record(context, "cdn");
        var parts = context.Request.Path.Value!.TrimStart('/').Split('/', 3);
        if (Faults.TakeExpired())
        {
            Refuse(context.Response, StatusCodes.Status403Forbidden, null, "Request has expired");
            return;
        }

        if (Find(context, $"{parts[0]}/{parts[1]}") is { } repository)
            await SendAsync(context, request, repository.Files[parts[2]], $"\"cdn-{Faults.CdnTag}\"");
    }

    private async Task SendAsync(HttpContext context, FakeRequest request, byte[] content, string entityTag)
    {
        var response = context.Response;
        var from = Faults.IgnoresRange ? 0 : RangeStart(context.Request, entityTag);
        if (from > 0 && from >= content.Length)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            response.Headers.ContentRange = $"bytes */{content.Length}";
            return;
        }

        if (from > 0)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = $"bytes {from}-{content.Length - 1}/{content.Length}";
        }

        response.Headers.ETag = entityTag;
        response.Headers.AcceptRanges = "bytes";
        response.ContentType = "application/octet-stream";
        response.ContentLength = content.Length - from;
        var (cut, stalls, damaged) = (Faults.TakeCut(), Faults.TakeStall(), Faults.TakeDamage());
        long sent = 0;
        await response.Body.FlushAsync(context.RequestAborted);
        for (long at = from; at < content.Length;)
        {
            var limit = (cut ?? stalls) is { } stop ? Math.Max(0, stop - sent) : long.MaxValue;
            var count = (int)Math.Min(Math.Min(ChunkBytes, content.Length - at), limit);
            if (count == 0)
            {
                // A connection that is reset takes what is still on its way with it: what counts as sent shall arrive first.
                if (cut is null)
                    await Faults.StalledAsync(context.RequestAborted);
                else
                    await Task.Delay(ArrivalTime, context.RequestAborted);
                context.Abort();
                return;
            }

            var chunk = content.AsMemory((int)at, count);
            if (damaged && at + count == content.Length)
            {
                chunk = chunk.ToArray();
                chunk.Span[^1] ^= 0xff;
            }

            await response.Body.WriteAsync(chunk, context.RequestAborted);
            await response.Body.FlushAsync(context.RequestAborted);
            (at, sent) = (at + count, sent + count);
            Interlocked.Add(ref request.Sent, count);
            if (Faults.BytesPerSecond is { } rate)
                await Task.Delay(TimeSpan.FromSeconds(count / (double)rate), context.RequestAborted);
        }
    }

    /// <summary>Where an answer begins: after the bytes that the asker has, if they are of the same content.</summary>
    private static long RangeStart(HttpRequest request, string entityTag)
    {
        if (request.GetTypedHeaders().Range?.Ranges.FirstOrDefault()?.From is not { } from)
            return 0;
        return request.Headers.IfRange is { Count: > 0 } tag && tag != entityTag ? 0 : from;
    }

    private FakeRepository? Find(HttpContext context, string id)
    {
        FakeRepository? repository;
        lock (_gate)
            _repositories.TryGetValue(id, out repository);
        if (repository is null)
            Refuse(context.Response, StatusCodes.Status401Unauthorized, "RepoNotFound", "Repository not found");
        return repository;
    }

    private string LinkedSha256(byte[] content) => Faults.WrongHash ? new string('0', 64) : Convert.ToHexStringLower(SHA256.HashData(content));

    private FakeRequest Record(HttpContext context, string host)
    {
        var request = new FakeRequest(
            host, context.Request.Path.Value!, context.Request.Headers.Authorization.ToString(), context.Request.Headers.Range.ToString(),
            context.Request.Headers.IfRange.ToString(), context.Request.Headers.AcceptEncoding.ToString());
        lock (_gate)
            _requests.Add(request);
        context.Response.OnCompleted(() =>
        {
            request.Status = context.Response.StatusCode;
            _log?.Invoke(request);
            return Task.CompletedTask;
        });
        return request;
    }

    private static void Refuse(HttpResponse response, int status, string? code, string message)
    {
        response.StatusCode = status;
        if (code is not null)
            response.Headers["X-Error-Code"] = code;
        response.Headers["X-Error-Message"] = message;
    }

    private static Task JsonAsync(HttpResponse response, JsonNode json)
    {
        response.ContentType = "application/json; charset=utf-8";
        return response.WriteAsync(json.ToJsonString());
    }

    // The Hub's tag of a small file is the hash of its git blob, which is 40 digits long: never a SHA-256, which is all that matters here.
    private static string BlobId(byte[] content) => Convert.ToHexStringLower(SHA256.HashData([.. "blob "u8, .. content]))[..40];
}
