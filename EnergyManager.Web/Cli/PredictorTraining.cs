using System.Globalization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.FewShot;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Cli;

/// <summary>A model that was trained now, and where it is stored.</summary>
internal sealed record TrainedModel(EnergyModelInfo Info, string Path)
{
    public object ToJson() => new
    {
        Device = Info.Device.Id,
        Info.Version,
        Info.Rows,
        Info.Features,
        Info.Validation,
        Info.Accuracy.Mape,
        Info.Accuracy.MedianApe,
        Info.Accuracy.R2,
        Info.Accuracy.MaeMwh,
        TrainingTimeS = Info.TrainingTime.TotalSeconds,
        Path,
    };

    public static void Show(CliConsole console, IEnumerable<TrainedModel> models) => console.WriteTable(
        ["device", "rows", "MAPE", "median APE", "R2", "MAE (mWh)", "trained in (s)", "version"],
        models.Select(m => m.Info).Select(m => (IReadOnlyList<string>)
        [
            m.Device.Id, Text(m.Rows), Text(m.Accuracy.Mape * 100, "0.0") + " %", Text(m.Accuracy.MedianApe * 100, "0.0") + " %", Text(m.Accuracy.R2, "0.000"),
            Text(m.Accuracy.MaeMwh, "0.00"), Text(m.TrainingTime.TotalSeconds, "0.0"), m.Version,
        ]));

    private static string Text(IFormattable value, string? format = null) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>Trains models now, whatever is stored of them, and stores them where the server looks.</summary>
internal sealed class PredictorTraining
{
    public const string Folder = "predictor";

    private readonly CliServices _services;
    private readonly EnergyModelCache _cache;
    private readonly BoardTrainer _boards;
    private readonly TrainingOptions _options = new();

    public PredictorTraining(CliServices services)
    {
        _services = services;
        var directory = services.Get<DataFolder>().Folder(Folder);
        _cache = new EnergyModelCache(directory, new EnergyModelTrainer(TimeProvider.System));
        _boards = new BoardTrainer(directory, _cache, new FewShotTrainer(TimeProvider.System));
    }

    /// <summary>Trains a device type of the product or a board that is kept.</summary>
    public TrainedModel Train(DeviceType device, CancellationToken cancellationToken)
    {
        if (_services.Get<OwnBoards>().Find(device) is { } board)
            return Train(board, cancellationToken);
        // What is stored would be taken instead of trained.
        File.Delete(_cache.PathOf(device.Id));
        var artifact = Product(device, cancellationToken);
        return new TrainedModel(new DeviceEnergyModel(artifact, device).Info, _cache.PathOf(device.Id));
    }

    /// <summary>The stored model of a device type of the product, or a new one.</summary>
    public EnergyModelArtifact Product(DeviceType device, CancellationToken cancellationToken) =>
        _cache.GetOrTrain(BenchmarkCatalog.Load(device), _options, cancellationToken);

    /// <summary>Trains a board, which need not be kept yet.</summary>
    public TrainedModel Train(OwnBoard board, CancellationToken cancellationToken)
    {
        _boards.Forget(board.Device.Id);
        EnergyModelArtifact[] product = [.. DeviceTypes.All.Select(type => Product(type, cancellationToken))];
        return new TrainedModel(_boards.Model(board, product, _options, cancellationToken).Info, _boards.PathOf(board));
    }

    public void Forget(string id) => _boards.Forget(id);
}
