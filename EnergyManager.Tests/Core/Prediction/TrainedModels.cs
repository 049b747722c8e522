using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Tests.Core.Prediction;

/// <summary>Both boards' models on the shipped tables, with fewer trees than in production: quick, and good enough to test on.</summary>
public sealed class TrainedModels
{
    internal static TrainingOptions QuickOptions { get; } = new()
    {
        Boosting = new BoostingOptions { Trees = 60, Ensembles = 1, LearningRate = 0.1 },
        Folds = 4,
        FoldEnsembles = 1,
    };

    public TrainedModels()
    {
        var trainer = new EnergyModelTrainer(TimeProvider.System);
        Jetson = trainer.Train(JetsonTable, QuickOptions, CancellationToken.None);
        Pi = trainer.Train(PiTable, QuickOptions, CancellationToken.None);
        Predictor = new EnergyPredictor([Jetson, Pi]);
    }

    public static BenchmarkTable JetsonTable => BenchmarkCatalog.Load(DeviceTypes.JetsonNano);

    public static BenchmarkTable PiTable => BenchmarkCatalog.Load(DeviceTypes.RaspberryPi5);

    public EnergyModelArtifact Jetson { get; }

    public EnergyModelArtifact Pi { get; }

    public EnergyPredictor Predictor { get; }
}
