using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.FewShot;

namespace EnergyManager.Core.Boards;

/// <summary>
/// Makes the model of a user's own board: a model of its own where its table is large enough, else a few-shot correction of
/// the nearest board of the product.
/// </summary>
/// <param name="directory">Where artifacts are kept.</param>
/// <param name="cache">Trains and keeps models of whole tables, in the same directory.</param>
/// <param name="fewShot">Trains corrections.</param>
public sealed class BoardTrainer(string directory, EnergyModelCache cache, FewShotTrainer fewShot)
{
    /// <summary>
    /// Rows from which a table has a model of its own. Fewer train one too, but a corrected one predicts better up to here:
    /// docs/few-shot.md has the measurement.
    /// </summary>
    public const int MinimumRows = 30;

    /// <summary>Architectures from which a table can have a model of its own.</summary>
    public const int MinimumArchitectures = 5;

    /// <summary>Whether a table is large enough for a model of its own.</summary>
    public static bool HasOwnModel(BenchmarkTable table) =>
        table.Rows.Count >= MinimumRows
        && table.Rows.Count(FewShotCorrection.IsTimed) >= EnergyModelTrainer.MinimumTimedRows
        && table.Rows.Select(r => r.Architecture).Distinct(StringComparer.Ordinal).Count() >= MinimumArchitectures;

    /// <summary>The stored model of a board, or a new one.</summary>
    /// <param name="board">The board.</param>
    /// <param name="product">Models of the product's device types.</param>
    /// <param name="options">How models are trained.</param>
    /// <param name="cancellationToken">Stops training.</param>
    /// <exception cref="TrainingRefusedException">The table cannot be trained on.</exception>
    public IDeviceEnergyModel Model(
        OwnBoard board, IReadOnlyList<EnergyModelArtifact> product, TrainingOptions options, CancellationToken cancellationToken)
    {
        if (HasOwnModel(board.Table))
            return new DeviceEnergyModel(cache.GetOrTrain(board.Table, options, cancellationToken), board.Device);
        if (TryRead(board, product) is { } stored)
            return stored;
        var artifact = fewShot.Train(board.Table, product);
        TryWrite(artifact);
        return new FewShotEnergyModel(artifact, product.Single(p => p.DeviceId == artifact.BaseDeviceId), board.Device);
    }

    /// <summary>The file of a board's artifact.</summary>
    public string PathOf(OwnBoard board) => HasOwnModel(board.Table) ? cache.PathOf(board.Device.Id) : FewShotPath(board.Device.Id);

    /// <summary>Removes what is stored of a board's model, of either kind.</summary>
    public void Forget(string id)
    {
        if (!Directory.Exists(directory))
            return;
        File.Delete(cache.PathOf(id));
        File.Delete(FewShotPath(id));
    }

    private string FewShotPath(string id) => Path.Combine(directory, $"few-shot.{id}.json");

    private FewShotEnergyModel? TryRead(OwnBoard board, IReadOnlyList<EnergyModelArtifact> product)
    {
        try
        {
            if (new FileInfo(FewShotPath(board.Device.Id)) is not { Exists: true, Length: <= FewShotJson.MaximumBytes } file)
                return null;
            var artifact = FewShotJson.Read(File.ReadAllBytes(file.FullName));
            // The quartiles depend on the board's limits: training forgets the artifact whenever they may have changed.
            return artifact.TableSha256 == board.Table.Sha256 && product.FirstOrDefault(p => p.Version == artifact.BaseVersion) is { } nearest
                ? new FewShotEnergyModel(artifact, nearest, board.Device)
                : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A directory that cannot be written to costs a training at the next start, nothing else.
    private void TryWrite(FewShotArtifact artifact)
    {
        try
        {
            Directory.CreateDirectory(directory);
            AtomicFile.Write(FewShotPath(artifact.DeviceId), FewShotJson.Write(artifact));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }
}
