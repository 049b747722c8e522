using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using EnergyManager.Core.ModelStore;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Library.Sources;

/// <summary>
/// Brings one file of the Hub into the store: resumed after a break, with its size and hash checked. Attempts are counted only
/// while nothing comes, so that a poor line gets there and a dead one ends.
/// </summary>
internal sealed partial class HubDownloader(
    HuggingFaceHub hub, IModelStore store, ArtifactInspector inspector, IOptions<ManagerOptions> options, TimeProvider time, ILogger<HubDownloader> log)
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>Breaks that brought something are forgiven, but not without end.</summary>
    private const int MaximumBreaks = 200;

    private readonly HubOptions _options = options.Value.Hub;
    private readonly long _maximumBytes = options.Value.Caps.UploadBytes;
    private readonly long _maximumKeptBytes = options.Value.Downloads.KeptPartsBytes;

    /// <summary>Downloads a file and adds it to the store.</summary>
    /// <exception cref="HubException">The Hub did not give it, or not whole; what came is kept for the next time.</exception>
    /// <exception cref="ModelStoreException">The store cannot take it.</exception>
    public async Task<ModelArtifact> DownloadAsync(
        string fileName, HubRepository repository, HubFile file, IProgress<FetchProgress>? progress, CancellationToken cancellationToken)
    {
        if (file.Size > _maximumBytes)
            throw TooLarge(file.Size.Value);
        var report = new Report($"{hub.Name}/{repository.Id}", progress) { TotalBytes = file.Size };
        await using var part = KeptPart.Open(store, file.Sha256, _maximumKeptBytes);
        EnsureRoom(fileName, file.Size, part.Content.Length);
        for (var again = false; ; again = true)
        {
            var sha256 = await CopyAsync(part, repository, file, report, cancellationToken);
            report.Say(FetchStage.Storing, part.Content.Length);
            try
            {
                return await StoreAsync(fileName, part, repository, sha256, cancellationToken);
            }
            catch (DamagedException damaged)
            {
                part.Clear();
                // Once: what was kept of an earlier attempt may be what was wrong.
                if (again)
                    throw new HubException($"sent {file.Path} of {repository.Id} with the wrong content twice, so it was thrown away ({damaged.Message}): try another mirror, or upload the file", damaged);
                LogDamaged(fileName, damaged.Message);
            }
        }
    }

    private async Task<ModelArtifact> StoreAsync(string fileName, KeptPart part, HubRepository repository, string? sha256, CancellationToken cancellationToken)
    {
        var content = part.Content;
        var source = $"{hub.Name}/{repository.Id}@{repository.Revision}";
        try
        {
            content.Position = 0;
            if (sha256 is not null && Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) is var actual && actual != sha256)
                throw new DamagedException($"its SHA-256 is {actual}, expected was {sha256}");
            ModelFileCheck.Ensure(fileName, content, inspector, cancellationToken);
        }
        catch (ModelStoreException unusable)
        {
            part.Clear();
            throw new HubException($"has a file in {repository.Id} that cannot be used ({unusable.Message.TrimEnd('.')})", unusable);
        }

        var artifact = await store.AddAsync(
            fileName, content, _maximumBytes, new ArtifactOrigin(source, repository.License), sha256, cancellationToken);
        part.Clear();
        return artifact;
    }

    /// <summary>Copies until the file is whole.</summary>
    /// <returns>The hash that it must have, where one is known.</returns>
    private async Task<string?> CopyAsync(KeptPart part, HubRepository repository, HubFile file, Report report, CancellationToken cancellationToken)
    {
        EntityTagHeaderValue? entityTag = null;
        var (fruitless, breaks) = (0, 0);
        // A whole file that only missed its last step is not asked for again.
        if (file is { Sha256: not null, Size: { } size } && part.Content.Length == size)
            return file.Sha256;
        while (true)
        {
            var before = part.Content.Length;
            try
            {
                using var download = await hub.OpenAsync(repository, file, before, entityTag, pause => report.Pause(pause, before), cancellationToken);
                entityTag = download.EntityTag;
                await ReadAsync(part.Content, download, file, report, cancellationToken);
                return download.Sha256;
            }
            catch (Exception exception) when (IsInterruption(exception) && !cancellationToken.IsCancellationRequested)
            {
                fruitless = part.Content.Length > before ? 1 : fruitless + 1;
                if (fruitless >= _options.Attempts || ++breaks >= MaximumBreaks)
                {
                    throw exception as HubException
                        ?? new HubException($"broke off the download of {file.Path} again and again, the last time at {Megabytes(part.Content.Length)} MB ({exception.Message.TrimEnd('.')}): start it again and it goes on from there", exception);
                }

                LogBroken(file.Path, part.Content.Length, exception.Message);
                var pause = _options.Pause(fruitless);
                report.Pause(pause, part.Content.Length);
                await Task.Delay(pause, time, cancellationToken);
                report.Attempt++;
            }
        }
    }

    private async Task ReadAsync(FileStream content, HubDownload download, HubFile file, Report report, CancellationToken cancellationToken)
    {
        if (download.From > content.Length)
            throw new IOException("the answer begins after what is here");
        content.SetLength(download.From);
        content.Position = download.From;
        var total = file.Size ?? download.TotalBytes;
        if (total > _maximumBytes)
            throw TooLarge(total.Value);
        report.TotalBytes = total;
        report.Say(FetchStage.Downloading, content.Position);
        var buffer = new byte[BufferBytes];
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        while (true)
        {
            int count;
            stall.CancelAfter(_options.StallTimeout);
            try
            {
                count = await download.Content.ReadAsync(buffer, stall.Token);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new IOException($"no byte came for {_options.StallTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s", exception);
            }

            if (count == 0)
                break;
            if (content.Position + count > Math.Min(_maximumBytes, total ?? _maximumBytes))
                throw total is { } size ? new HubException($"sends more than the {size} bytes that {file.Path} has") : TooLarge(content.Position + count);
            await StorePart.WriteAsync(content, buffer.AsMemory(0, count), cancellationToken);
            report.Say(FetchStage.Downloading, content.Position);
        }

        await content.FlushAsync(cancellationToken);
        if (content.Length < total)
            throw new IOException($"{content.Length} of {total} bytes came");
    }

    /// <summary>The rest of the part and the store's own copy have to fit; better said before than at the end.</summary>
    private void EnsureRoom(string fileName, long? size, long here)
    {
        if (size is not { } bytes)
            return;
        var needed = bytes + Math.Max(0, bytes - here);
        var free = new DriveInfo(store.Directory).AvailableFreeSpace;
        if (needed > free)
        {
            throw new ModelStoreException(
                $"{fileName} was not fetched: while it is stored it needs {Megabytes(needed)} MB and the disk of the model store has {Megabytes(free)} MB free. Free some space and try again.")
            { Field = "file" };
        }
    }

    private static bool IsInterruption(Exception exception) => exception is IOException or HttpRequestException or HubException { Fault: HubFault.Interrupted };

    private HubException TooLarge(long bytes) =>
        new($"has it, but the file of {Megabytes(bytes)} MB is larger than the {Megabytes(_maximumBytes)} MB allowed (EnergyManager__Caps__UploadBytes)");

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("0.#", CultureInfo.InvariantCulture);

    [LoggerMessage(LogLevel.Information, "The download of {File} broke off at {Bytes} bytes ({Reason}); it goes on from there")]
    private partial void LogBroken(string file, long bytes, string reason);

    [LoggerMessage(LogLevel.Warning, "{File} is fetched again from the start: {Reason}")]
    private partial void LogDamaged(string file, string reason);

    private sealed class DamagedException(string message) : Exception(message);

    private sealed class Report(string source, IProgress<FetchProgress>? progress)
    {
        public int Attempt { get; set; } = 1;

        public long? TotalBytes { get; set; }

        public void Say(FetchStage stage, long bytes) => progress?.Report(new FetchProgress(source, bytes, TotalBytes) { Stage = stage, Attempt = Attempt });

        public void Pause(TimeSpan pause, long bytes) =>
            progress?.Report(new FetchProgress(source, bytes, TotalBytes) { Stage = FetchStage.Waiting, Attempt = Attempt, Wait = pause });
    }
}
