using System.Net;
using System.Net.Http.Headers;
using EnergyManager.Agent.Connection;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// Fetches an artifact into a part file and goes on where an earlier attempt ended, also one of an earlier process. Attempts
/// that fail for a reason that can pass are repeated for as long as the artifact is wanted.
/// </summary>
public sealed class ArtifactDownloader(
    HttpClient http, ServerCredential credential, IOptions<AgentOptions> options, TimeProvider time, ILogger<ArtifactDownloader> logger)
{
    private const int BufferBytes = 64 * 1024;

    private readonly ArtifactOptions _options = options.Value.Artifacts;

    /// <summary>Downloads until the part file has the size of the artifact.</summary>
    /// <param name="model">What to fetch.</param>
    /// <param name="part">The part file; it may hold the beginning already.</param>
    /// <param name="progress">Told the bytes on the device now and then.</param>
    /// <param name="cancellationToken">Stops the download; the part file stays.</param>
    /// <exception cref="DeploymentFailedException">The server does not have the artifact, or it cannot be stored.</exception>
    public async Task DownloadAsync(DesiredModel model, string part, Action<long> progress, CancellationToken cancellationToken)
    {
        var delay = new ReconnectDelay(options.Value.Connection, Random.Shared);
        while (true)
        {
            var before = LengthOf(part);
            try
            {
                await AttemptAsync(model, part, progress, cancellationToken);
                return;
            }
            catch (Exception exception) when (IsTransient(exception) && !cancellationToken.IsCancellationRequested)
            {
                if (LengthOf(part) > before)
                    delay.Reset();
                logger.LogWarning("The download of {File} broke off ({Reason}); it goes on at byte {Offset}.", model.FileName, exception.Message, LengthOf(part));
                await Task.Delay(delay.Next(), time, cancellationToken);
            }
        }
    }

    private async Task AttemptAsync(DesiredModel model, string part, Action<long> progress, CancellationToken cancellationToken)
    {
        await using var file = OpenPart(part);
        if (file.Length > model.SizeBytes)
            file.SetLength(0);
        if (file.Length == model.SizeBytes)
            return;

        var answered = false;
        using var stall = new CancellationTokenSource(_options.AnswerTimeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stall.Token);
        try
        {
            using var request = Request(model, file.Length);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            answered = true;
            stall.CancelAfter(_options.StallTimeout);
            PositionFor(response, file, model);
            await using var body = await response.Content.ReadAsStreamAsync(linked.Token);
            await CopyAsync(body, file, model, progress, stall, linked.Token);
        }
        catch (OperationCanceledException silence) when (stall.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            var limit = answered ? _options.StallTimeout : _options.AnswerTimeout;
            throw new TimeoutException(FormattableString.Invariant($"the server was silent for {limit.TotalSeconds:0.#} s"), silence);
        }
        if (file.Length < model.SizeBytes)
            throw new DeploymentFailedException($"The server sent {file.Length} bytes of {model.FileName} instead of {model.SizeBytes}.");
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

    /// <summary>Reads the status, and puts the file where the body goes.</summary>
    private static void PositionFor(HttpResponseMessage response, FileStream file, DesiredModel model)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                file.SetLength(0);
                break;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange?.From == file.Length:
                break;
            case HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable when file.Length > 0:
                file.SetLength(0);
                throw new HttpRequestException("the server does not continue at the offset asked for");
            case HttpStatusCode.NotFound or HttpStatusCode.Gone:
                throw new DeploymentFailedException($"The server has no file {model.Path} any more.");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new DeploymentFailedException($"The server refuses {model.Path} to this device ({(int)response.StatusCode}): check its credential.");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new HttpRequestException($"the server answered {(int)response.StatusCode}");
            default:
                throw new DeploymentFailedException($"The server answered {(int)response.StatusCode} for {model.Path}.");
        }
        if (response.Content.Headers.ContentLength is { } length && file.Length + length != model.SizeBytes)
            throw new DeploymentFailedException($"The server has {file.Length + length} bytes of {model.FileName}, the deployment says {model.SizeBytes}.");
        file.Seek(0, SeekOrigin.End);
    }

    private async Task CopyAsync(
        Stream body, FileStream file, DesiredModel model, Action<long> progress, CancellationTokenSource stall, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferBytes];
        var reported = time.GetTimestamp();
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            stall.CancelAfter(_options.StallTimeout);
            if (file.Length + read > model.SizeBytes)
                throw new DeploymentFailedException($"The server sends more than the {model.SizeBytes} bytes that {model.FileName} should have.");
            Write(file, buffer.AsSpan(0, read));
            if (time.GetElapsedTime(reported) >= _options.ProgressInterval)
            {
                reported = time.GetTimestamp();
                progress(file.Length);
            }
        }
    }

    private static FileStream OpenPart(string part)
    {
        try
        {
            return new FileStream(part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DeploymentFailedException($"{part} cannot be written: {exception.Message}", exception);
        }
    }

    private static void Write(FileStream file, ReadOnlySpan<byte> bytes)
    {
        try
        {
            file.Write(bytes);
        }
        catch (IOException exception)
        {
            throw new DeploymentFailedException($"The model cannot be stored on the device after {file.Length} bytes: {exception.Message}", exception);
        }
    }

    private static bool IsTransient(Exception exception) => exception is HttpRequestException or IOException or TimeoutException or InvalidDataException;

    private static long LengthOf(string part) => new FileInfo(part) is { Exists: true, Length: var length } ? length : 0;
}
