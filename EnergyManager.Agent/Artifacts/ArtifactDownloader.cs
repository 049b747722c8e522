using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using EnergyManager.Agent.Connection;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// Fetches an artifact into a part file and goes on where an earlier attempt ended, also one of an earlier process. Attempts
/// that fail for a reason that can pass are repeated for as long as the artifact is wanted. What has arrived is hashed and
/// written while the next bytes are on their way, in two buffers whose size does not depend on the artifact's.
/// </summary>
public sealed class ArtifactDownloader(
    HttpClient http, ServerCredential credential, IOptions<AgentOptions> options, TimeProvider time, ILogger<ArtifactDownloader> logger)
{
    private const int BufferBytes = 256 * 1024;

    private readonly ArtifactOptions _options = options.Value.Artifacts;

    /// <summary>Downloads until the part file has the size of the artifact, and puts it on the medium.</summary>
    /// <param name="model">What to fetch.</param>
    /// <param name="path">The part file; it may hold the beginning already.</param>
    /// <param name="progress">Told the bytes on the device now and then.</param>
    /// <param name="cancellationToken">Stops the download; the part file stays.</param>
    /// <returns>SHA-256 of what is in the part file.</returns>
    /// <exception cref="DeploymentFailedException">The server does not have the artifact, or it cannot be stored.</exception>
    public async Task<string> DownloadAsync(DesiredModel model, string path, Action<long> progress, CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(options.Value.Connection, Random.Shared);
        using var part = await PartFile.OpenAsync(path, model, cancellationToken);
        while (!part.IsWhole)
        {
            var before = part.Length;
            try
            {
                await AttemptAsync(model, part, progress, cancellationToken);
            }
            catch (Exception exception) when (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (part.Length > before)
                    delay.Reset();
                var wait = Wait(delay.Next(), exception);
                logger.LogWarning(
                    "The download of {File} broke off ({Reason}); it goes on at byte {Offset} in {Seconds:0.0} s.", model.FileName, exception.Message, part.Length, wait.TotalSeconds);
                await Task.Delay(wait, time, cancellationToken);
            }
        }
        return await part.FinishAsync();
    }

    /// <summary>The back-off, or what the server asks for if that is longer: with some spread, so that a fleet does not come back at once.</summary>
    private TimeSpan Wait(TimeSpan backOff, Exception exception)
    {
        if (exception is not ServerBusyException { AskAgainAfter: { } asked })
            return backOff;
        if (asked > _options.MaximumRetryAfter)
            asked = _options.MaximumRetryAfter;
        return asked + (backOff * Random.Shared.NextDouble());
    }

    private async Task AttemptAsync(DesiredModel model, PartFile part, Action<long> progress, CancellationToken cancellationToken)
    {
        var answered = false;
        using var stall = new CancellationTokenSource(_options.AnswerTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            using var request = Request(model, part.Length);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            answered = true;
            stall.CancelAfter(_options.StallTimeout);
            Prepare(part, response, model);
            await using var body = await response.Content.ReadAsStreamAsync(linked.Token);
            await CopyAsync(body, part, model, progress, stall, linked.Token);
        }
        catch (OperationCanceledException silence) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var limit = answered ? _options.StallTimeout : _options.AnswerTimeout;
            throw new TimeoutException(FormattableString.Invariant($"the server was silent for {limit.TotalSeconds:0.#} s"), silence);
        }
        if (!part.IsWhole)
            throw new DeploymentFailedException($"The server sent {part.Length} bytes of {model.FileName} instead of {model.SizeBytes}.");
    }

    private HttpRequestMessage Request(DesiredModel model, long offset)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, ServerAddress.Of(options.Value.Server, model.Path));
        request.Headers.Authorization = credential.Header();
        request.Headers.AcceptEncoding.ParseAdd("identity");
        if (offset > 0)
        {
            request.Headers.Range = new RangeHeaderValue(offset, null);
            // Should the file have changed meanwhile, the server sends all of it.
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{model.Sha256}\""));
        }
        return request;
    }

    /// <summary>Reads the status, and makes the part file end where the body begins.</summary>
    private void Prepare(PartFile part, HttpResponseMessage response, DesiredModel model)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                part.Restart();
                break;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == part.Length:
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when part.Length > 0:
                part.Restart();
                throw new HttpRequestException("the server does not continue at the offset asked for");
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw new DeploymentFailedException($"The server has no file {model.Path} any more.");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new DeploymentFailedException($"The server refuses {model.Path} to this device ({(int)response.StatusCode}): check its credential.");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw ServerBusyException.Of(response.StatusCode, response.Headers.RetryAfter, time.GetUtcNow());
            default:
                throw new DeploymentFailedException($"The server answered {(int)response.StatusCode} for {model.Path}.");
        }
        if (response.Content.Headers.ContentLength is { } length && part.Length + length != model.SizeBytes)
            throw new DeploymentFailedException($"The server has {part.Length + length} bytes of {model.FileName}, the deployment says {model.SizeBytes}.");
    }

    /// <summary>
    /// Receives into one buffer while the other is stored. A slow network is stored as it arrives, so that little is lost when
    /// the process dies; a fast one fills the buffer while the disk is busy.
    /// </summary>
    private async Task CopyAsync(
        Stream body, PartFile part, DesiredModel model, Action<long> progress, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var (filling, storing) = (ArrayPool<byte>.Shared.Rent(BufferBytes), ArrayPool<byte>.Shared.Rent(BufferBytes));
        var (filled, arrived, reported) = (0, part.Length, time.GetTimestamp());
        var stored = Task.CompletedTask;
        try
        {
            while (await body.ReadAsync(filling.AsMemory(filled), cancellationToken) is > 0 and var read)
            {
                stall.CancelAfter(_options.StallTimeout);
                filled += read;
                arrived += read;
                if (arrived > model.SizeBytes)
                    throw new DeploymentFailedException($"The server sends more than the {model.SizeBytes} bytes that {model.FileName} should have.");
                if (!stored.IsCompleted && filled < filling.Length)
                    continue;
                await stored;
                (filling, storing) = (storing, filling);
                var (content, count) = (storing, filled);
                stored = Task.Run(() => part.Append(content.AsSpan(0, count)), CancellationToken.None);
                filled = 0;
                if (time.GetElapsedTime(reported) >= _options.ProgressInterval)
                {
                    reported = time.GetTimestamp();
                    progress(arrived);
                }
            }
        }
        finally
        {
            try
            {
                await stored;
                // What came before the break-off is not asked for again.
                if (arrived <= model.SizeBytes)
                    part.Append(filling.AsSpan(0, filled));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(filling);
                ArrayPool<byte>.Shared.Return(storing);
            }
        }
    }

    private static bool IsTransient(Exception exception) => exception is HttpRequestException or IOException or TimeoutException or InvalidDataException;
}
