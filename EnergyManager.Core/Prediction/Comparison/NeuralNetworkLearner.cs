using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>Settings of <see cref="NeuralNetworkLearner"/>.</summary>
public sealed record NeuralNetworkOptions
{
    /// <summary>Rectified units of each hidden layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [32, 16];

    /// <summary>Passes over the rows.</summary>
    public int Epochs { get; init; } = 300;

    /// <summary>Rows per step.</summary>
    public int BatchRows { get; init; } = 32;

    /// <summary>Size of a step.</summary>
    public double LearningRate { get; init; } = 0.005;

    /// <summary>L2 penalty on weights.</summary>
    public double WeightDecay { get; init; } = 1e-4;

    /// <summary>Seed of the first weights and of the order of the rows.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>A small multilayer perceptron, trained by Adam on squared error; features and targets are standardized.</summary>
public sealed class NeuralNetworkLearner(NeuralNetworkOptions options) : IRegressionLearner
{
    /// <inheritdoc/>
    public string Name => "neural network";

    /// <inheritdoc/>
    public Regression Fit(FeatureMatrix features, double[] targets, CancellationToken cancellationToken)
    {
        var standardizer = new Standardizer(features);
        var rows = standardizer.Apply(features);
        var (mean, deviation) = Standardizer.Moments(targets);
        var scale = deviation > 0 ? deviation : 1;

        var random = new SplitMix64(options.Seed);
        var layers = new List<DenseLayer>();
        foreach (var units in options.Hidden)
            layers.Add(new DenseLayer(layers is [.., var last] ? last.Outputs : features.Columns, units, rectified: true, ref random));
        layers.Add(new DenseLayer(layers is [.., var top] ? top.Outputs : features.Columns, 1, rectified: false, ref random));

        int[] order = [.. Enumerable.Range(0, rows.Length)];
        var outputs = layers.ConvertAll(layer => new double[layer.Outputs]);
        // The slopes by the input of each layer, and at the end by the output of the network.
        double[][] slopes = [new double[features.Columns], .. layers.Select(layer => new double[layer.Outputs])];
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            random.Shuffle(order.AsSpan());
            foreach (var batch in order.Chunk(options.BatchRows))
            {
                foreach (var row in batch)
                    Learn(layers, rows[row], (targets[row] - mean) / scale, outputs, slopes);
                foreach (var layer in layers)
                    layer.Step(batch.Length, options.LearningRate, options.WeightDecay);
            }
        }
        return row => mean + scale * Forward(layers, standardizer.Apply(row), layers.ConvertAll(layer => new double[layer.Outputs]));
    }

    private static double Forward(List<DenseLayer> layers, double[] row, List<double[]> outputs)
    {
        for (var i = 0; i < layers.Count; i++)
            layers[i].Forward(i == 0 ? row : outputs[i - 1], outputs[i]);
        return outputs[^1][0];
    }

    private static void Learn(List<DenseLayer> layers, double[] row, double target, List<double[]> outputs, double[][] slopes)
    {
        slopes[^1][0] = Forward(layers, row, outputs) - target;
        for (var i = layers.Count - 1; i >= 0; i--)
            layers[i].Backward(i == 0 ? row : outputs[i - 1], outputs[i], slopes[i + 1], slopes[i]);
    }
}
