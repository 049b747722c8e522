using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction;

/// <summary>How a model of a device type is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Settings of the trees, but for their shape.</summary>
    public BoostingOptions Boosting { get; init; } = new();

    /// <summary>
    /// Shapes among which cross-validation inside the training rows chooses, so that no row that is held out has a say. With a
    /// single one there is no choice. 1 to 16.
    /// </summary>
    public IReadOnlyList<TreeShape> Shapes { get; init; } = TreeShape.Usual;

    /// <summary>Residual of log power, or of log latency, from which a row counts as an outlier (0.1 is about 10 %).</summary>
    public double HuberDelta { get; init; } = 0.1;

    /// <summary>Folds, grouped by architecture, from whose held-out errors the intervals and the accuracy follow. 2 to 20.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Ensembles of a fold's model: fewer than the shipped model's, as only its errors are wanted.</summary>
    public int FoldEnsembles { get; init; } = 2;

    /// <summary>A hash of every setting that the result depends on: part of the key under which a trained model is stored.</summary>
    public string Hash
    {
        get
        {
            // The number of threads does not change the result.
            var text = string.Create(CultureInfo.InvariantCulture,
                $"{Boosting with { MaxThreads = 1 }}|{string.Join(',', Shapes)}|{HuberDelta:R}|{Folds}|{FoldEnsembles}");
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public void Validate()
    {
        Boosting.Validate();
        Require(Shapes.Count is >= 1 and <= 16, nameof(Shapes), "1 to 16 shapes");
        foreach (var shape in Shapes)
            shape.Of(Boosting).Validate();
        Require(HuberDelta > 0 && double.IsFinite(HuberDelta), nameof(HuberDelta), "greater than 0");
        Require(Folds is >= 2 and <= 20, nameof(Folds), "2 to 20");
        Require(FoldEnsembles is >= 1 and <= 64, nameof(FoldEnsembles), "1 to 64");
    }

    private static void Require(bool holds, string name, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, $"{name} must be {range}.");
    }
}
