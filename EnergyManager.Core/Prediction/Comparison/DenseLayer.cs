using System.Runtime.CompilerServices;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Comparison;

/// <summary>
/// A fully connected layer with its gradient and the state of Adam (Kingma and Ba 2015). Only additions, multiplications,
/// divisions and square roots: the same bits on every machine. As in <see cref="GradientBoostingLearner"/>, the inner loops are
/// compiled with all optimisations at once.
/// </summary>
internal sealed class DenseLayer
{
    private const double MeanDecay = 0.9;
    private const double SquareDecay = 0.999;
    private const double Epsilon = 1e-8;

    private readonly int _inputs;
    private readonly bool _rectified;
    // For each output its weights, then its bias.
    private readonly double[] _parameters;
    private readonly double[] _gradients;
    private readonly double[] _means;
    private readonly double[] _squares;
    private double _meanBias = 1;
    private double _squareBias = 1;

    /// <summary>A layer with random weights (uniform with variance 2 / inputs, He et al. 2015) and no bias.</summary>
    public DenseLayer(int inputs, int outputs, bool rectified, ref SplitMix64 random)
    {
        (_inputs, Outputs, _rectified) = (inputs, outputs, rectified);
        _parameters = new double[outputs * (inputs + 1)];
        (_gradients, _means, _squares) = (new double[_parameters.Length], new double[_parameters.Length], new double[_parameters.Length]);
        var limit = Math.Sqrt(6.0 / inputs);
        for (var i = 0; i < _parameters.Length; i++)
            _parameters[i] = i % (inputs + 1) == inputs ? 0 : limit * (2 * random.NextDouble() - 1);
    }

    public int Outputs { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(ReadOnlySpan<double> input, Span<double> output)
    {
        for (var o = 0; o < Outputs; o++)
        {
            var parameters = Of(o, _parameters);
            var sum = parameters[_inputs];
            for (var i = 0; i < _inputs; i++)
                sum += parameters[i] * input[i];
            output[o] = _rectified ? Math.Max(0, sum) : sum;
        }
    }

    /// <summary>Adds a row's part of the gradient, and gives the slope of the loss by the input.</summary>
    /// <param name="input">The row's input.</param>
    /// <param name="output">What <see cref="Forward"/> made of it.</param>
    /// <param name="slope">Slope of the loss by the output.</param>
    /// <param name="inputSlope">Gets the slope by the input.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(ReadOnlySpan<double> input, ReadOnlySpan<double> output, ReadOnlySpan<double> slope, Span<double> inputSlope)
    {
        inputSlope.Clear();
        for (var o = 0; o < Outputs; o++)
        {
            if (_rectified && output[o] <= 0)
                continue;
            var parameters = Of(o, _parameters);
            var gradients = Of(o, _gradients);
            for (var i = 0; i < _inputs; i++)
            {
                gradients[i] += slope[o] * input[i];
                inputSlope[i] += slope[o] * parameters[i];
            }
            gradients[_inputs] += slope[o];
        }
    }

    /// <summary>One step of Adam along the mean gradient of a batch, which is then forgotten.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(int rows, double learningRate, double weightDecay)
    {
        (_meanBias, _squareBias) = (_meanBias * MeanDecay, _squareBias * SquareDecay);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var gradient = _gradients[i] / rows + weightDecay * _parameters[i];
            _means[i] = MeanDecay * _means[i] + (1 - MeanDecay) * gradient;
            _squares[i] = SquareDecay * _squares[i] + (1 - SquareDecay) * gradient * gradient;
            _parameters[i] -= learningRate * (_means[i] / (1 - _meanBias)) / (Math.Sqrt(_squares[i] / (1 - _squareBias)) + Epsilon);
            _gradients[i] = 0;
        }
    }

    private Span<double> Of(int output, double[] numbers) => numbers.AsSpan(output * (_inputs + 1), _inputs + 1);
}
