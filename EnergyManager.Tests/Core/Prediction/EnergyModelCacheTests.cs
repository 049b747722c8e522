using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;

namespace EnergyManager.Tests.Core.Prediction;

public sealed class EnergyModelCacheTests : IClassFixture<TrainedModels>, IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("energy-cache-");
    private readonly CountingTrainer _trainer;
    private readonly EnergyModelCache _cache;

    public EnergyModelCacheTests(TrainedModels models)
    {
        _trainer = new CountingTrainer(models.Pi);
        _cache = new EnergyModelCache(Path.Combine(_directory.FullName, "models"), _trainer);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void GetOrTrain_SecondTime_ReadsTheStoredArtifact()
    {
        var first = Get(TrainedModels.PiTable);
        var second = Get(TrainedModels.PiTable);

        _trainer.Calls.ShouldBe(1);
        second.Version.ShouldBe(first.Version);
        Directory.GetFiles(_directory.FullName, "*", SearchOption.AllDirectories).ShouldBe([_cache.PathOf("raspberry-pi-5")]);
    }

    [Fact]
    public void GetOrTrain_OtherTableHash_TrainsAgain()
    {
        Get(TrainedModels.PiTable);
        Get(TrainedModels.PiTable with { Sha256 = new string('0', 64) });

        _trainer.Calls.ShouldBe(2);
    }

    [Fact]
    public void GetOrTrain_OtherOptions_TrainsAgain()
    {
        Get(TrainedModels.PiTable);
        _cache.GetOrTrain(TrainedModels.PiTable, TrainedModels.QuickOptions with { HuberDelta = 0.3 }, CancellationToken.None);

        _trainer.Calls.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"schema\":1}")]
    public void GetOrTrain_DamagedFile_TrainsAgainAndReplacesIt(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_cache.PathOf("raspberry-pi-5"))!);
        File.WriteAllText(_cache.PathOf("raspberry-pi-5"), content);

        Get(TrainedModels.PiTable);
        Get(TrainedModels.PiTable);

        _trainer.Calls.ShouldBe(1);
    }

    [Fact]
    public void GetOrTrain_DirectoryCannotBeMade_StillAnswers()
    {
        var file = Path.Combine(_directory.FullName, "file");
        File.WriteAllText(file, "in the way");
        var cache = new EnergyModelCache(Path.Combine(file, "models"), _trainer);

        cache.GetOrTrain(TrainedModels.PiTable, TrainedModels.QuickOptions, CancellationToken.None).DeviceId.ShouldBe("raspberry-pi-5");
    }

    private EnergyModelArtifact Get(BenchmarkTable table) => _cache.GetOrTrain(table, TrainedModels.QuickOptions, CancellationToken.None);

    /// <summary>Hands out a trained artifact under the key that is asked for, and counts.</summary>
    private sealed class CountingTrainer(EnergyModelArtifact trained) : IEnergyModelTrainer
    {
        public int Calls { get; private set; }

        public EnergyModelArtifact Train(BenchmarkTable table, TrainingOptions options, CancellationToken cancellationToken)
        {
            Calls++;
            return trained with { TableSha256 = table.Sha256, OptionsSha256 = options.Hash };
        }
    }
}
