using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.Prediction;

/// <summary>
/// Keeps trained artifacts in a directory, so that a model is trained once per table and options. What is not there, is
/// damaged or belongs to another table, other options or another version is trained again.
/// </summary>
/// <param name="directory">Where artifacts are kept; created when needed.</param>
/// <param name="trainer">Trains what is missing.</param>
public sealed class EnergyModelCache(string directory, IEnergyModelTrainer trainer)
{
    /// <summary>The stored artifact of a table, or a new one. Safe to call from several processes.</summary>
    /// <exception cref="TrainingRefusedException">The table cannot be trained on.</exception>
    public EnergyModelArtifact GetOrTrain(BenchmarkTable table, TrainingOptions options, CancellationToken cancellationToken)
    {
        if (TryRead(table, options) is { } stored)
            return stored;
        var artifact = trainer.Train(table, options, cancellationToken);
        TryWrite(artifact);
        return artifact;
    }

    /// <summary>The file of a device type's artifact.</summary>
    public string PathOf(string deviceId) => Path.Combine(directory, $"energy-model.{deviceId}.json");

    private EnergyModelArtifact? TryRead(BenchmarkTable table, TrainingOptions options)
    {
        var path = PathOf(table.Device.Id);
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= ArtifactJson.MaximumBytes })
                return null;
            var artifact = ArtifactJson.Read(File.ReadAllBytes(path));
            return artifact.DeviceId == table.Device.Id && artifact.TableSha256 == table.Sha256 && artifact.OptionsSha256 == options.Hash
                ? artifact
                : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes beside the target and renames: a reader sees the old file or the new one, never half of one. A directory that
    /// cannot be written to costs a training at the next start, nothing else.
    /// </summary>
    private void TryWrite(EnergyModelArtifact artifact)
    {
        var temporary = Path.Combine(directory, $".{Guid.NewGuid():N}.tmp");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllBytes(temporary, ArtifactJson.Write(artifact));
            File.Move(temporary, PathOf(artifact.DeviceId), overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }
}
