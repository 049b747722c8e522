using BenchmarkDotNet.Attributes;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Benchmarks;

/// <summary>Training at start-up, one prediction on the hot path, and one with its explanation.</summary>
[MemoryDiagnoser]
public class PredictionBenchmarks
{
    private const int BatchSize = 20_000;

    private readonly EnergyModelTrainer _trainer = new(TimeProvider.System);
    private readonly BenchmarkTable _table = BenchmarkCatalog.Load(DeviceTypes.JetsonNano);
    private readonly PredictionRequest _request = new() { ParamsM = 3.5, Gmacs = 0.3, SizeMb = 13.6, LatencyS = 0.025 };
    private EnergyPredictor _predictor = null!;
    private IDeviceEnergyModel _model = null!;
    private ModelFigures _figures;
    private ModelFigures _notRun;
    private ModelFigures[] _batch = [];
    private EnergyEstimate[] _estimates = [];

    [GlobalSetup]
    public void Setup()
    {
        _predictor = new EnergyPredictor([Train()]);
        _model = _predictor.Model(DeviceTypes.JetsonNano.Id);
        _figures = ModelFigures.Of(_table.Rows[0]);
        _notRun = _figures with { LatencyS = double.NaN, RunDurationS = double.NaN };
        _batch = [.. Enumerable.Range(0, BatchSize).Select(i => ModelFigures.Of(_table.Rows[i % _table.Rows.Count]))];
        _estimates = new EnergyEstimate[BatchSize];
    }

    [Benchmark]
    public EnergyModelArtifact Train() => _trainer.Train(_table, new TrainingOptions(), CancellationToken.None);

    [Benchmark]
    public EnergyEstimate Estimate() => _model.Estimate(_figures);

    [Benchmark]
    public EnergyEstimate EstimateOfWhatHasNotRun() => _model.Estimate(_notRun);

    /// <summary>Time of one network in a batch on all cores.</summary>
    [Benchmark(OperationsPerInvoke = BatchSize)]
    public EnergyEstimate EstimateInBatch()
    {
        _model.EstimateAll(_batch, _estimates, CancellationToken.None);
        return _estimates[^1];
    }

    [Benchmark]
    public EnergyPrediction PredictWithExplanation() => _predictor.Predict(_request);
}
