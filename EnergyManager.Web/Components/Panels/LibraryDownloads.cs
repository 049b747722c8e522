using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Library;
using EnergyManager.Web.Library.Downloads;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;

namespace EnergyManager.Web.Components.Panels;

/// <summary>The newest download of each model, and how the ones that were asked for together came out.</summary>
public sealed class LibraryDownloads
{
    private readonly Dictionary<string, ModelDownload> _byModel = new(StringComparer.Ordinal);
    private readonly HashSet<string> _together = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ModelDownload> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Begins with what is known; the newest of a model is the first of the list.</summary>
    public void Load(IEnumerable<ModelDownload> downloads)
    {
        ArgumentNullException.ThrowIfNull(downloads);
        _byModel.Clear();
        foreach (var download in downloads)
            _byModel.TryAdd(download.Model, download);
    }

    /// <summary>Takes a change. One that came late, after a newer download of the model began, is left aside.</summary>
    public void Put(ModelDownload download)
    {
        ArgumentNullException.ThrowIfNull(download);
        if (_together.Contains(download.DownloadId))
            _outcomes[download.DownloadId] = download;
        if (_byModel.TryGetValue(download.Model, out var known) && known.RequestedAt > download.RequestedAt)
            return;
        _byModel[download.Model] = download;
    }

    /// <summary>The newest download of a model, or <c>null</c>.</summary>
    public ModelDownload? Of(string model) => _byModel.GetValueOrDefault(model);

    /// <summary>Begins a group of downloads.</summary>
    public void Together(IEnumerable<ModelDownload> downloads)
    {
        ArgumentNullException.ThrowIfNull(downloads);
        Dismiss();
        foreach (var download in downloads)
        {
            _together.Add(download.DownloadId);
            Put(download);
        }
    }

    /// <summary>Forgets the group.</summary>
    public void Dismiss()
    {
        _together.Clear();
        _outcomes.Clear();
    }

    /// <summary>Downloads of the group.</summary>
    public int Count => _together.Count;

    /// <summary>Those that have ended, in any way.</summary>
    public int Ended => _outcomes.Values.Count(download => download.HasEnded);

    /// <summary>Those that the store holds now.</summary>
    public int Done => _outcomes.Values.Count(download => download.State == DownloadState.Done);

    /// <summary>Those that failed, by name.</summary>
    public IReadOnlyList<ModelDownload> Failed =>
        [.. _outcomes.Values.Where(download => download.State == DownloadState.Failed).OrderBy(download => download.Model, StringComparer.OrdinalIgnoreCase)];

    /// <summary>Those that have not ended.</summary>
    public IReadOnlyList<ModelDownload> Pending => [.. _outcomes.Values.Where(download => !download.HasEnded)];

    /// <summary>What a download is doing: where from, how much of how much, how fast.</summary>
    public static string Words(ModelDownload download, IStringLocalizer<Texts> L)
    {
        ArgumentNullException.ThrowIfNull(download);
        ArgumentNullException.ThrowIfNull(L);
        if (download.State == DownloadState.Queued)
            return L["Download_Queued"];
        if (download.HasEnded)
            return download.Reason ?? "";
        return download.Stage switch
        {
            FetchStage.Searching => L["Download_Searching", download.Source ?? ""],
            FetchStage.Waiting => L["Download_Waiting", download.Source ?? ""],
            FetchStage.Exporting => download.Note ?? L["Download_Exporting"].Value,
            FetchStage.Storing => L["Download_Storing"],
            _ => L["Download_Coming", Figures.Bytes(download.Bytes), Figures.Bytes(download.TotalBytes), download.Source ?? "",
                download.BytesPerSecond is { } rate ? Figures.WithUnit(rate / 1e6, "MB/s") : Figures.None],
        };
    }

    /// <summary>Share that has come, in percent, or <c>null</c> while it cannot be told.</summary>
    public static int? Percent(ModelDownload download)
    {
        ArgumentNullException.ThrowIfNull(download);
        return download is { TotalBytes: > 0 and var total } ? (int)Math.Min(100, 100 * download.Bytes / total) : null;
    }
}
