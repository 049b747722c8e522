using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Prediction;

namespace EnergyManager.Web.Library;

/// <summary>What the graph of an artifact tells a prediction.</summary>
internal sealed record LibraryFigures
{
    public required double ParamsM { get; init; }
    public required double Gmacs { get; init; }
    public required double SizeMb { get; init; }
    public required double ActivationsM { get; init; }
    public required int InputWidth { get; init; }
    public required int InputHeight { get; init; }
    public Precision? Precision { get; init; }

    /// <summary>What was assumed about the model, as sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    public PredictionRequest ToRequest(string model, string? deviceType) => new()
    {
        DeviceType = deviceType,
        ModelName = model,
        ParamsM = ParamsM,
        Gmacs = Gmacs,
        SizeMb = SizeMb,
        InputWidth = InputWidth,
        InputHeight = InputHeight,
        Precision = Precision,
        ActivationsM = ActivationsM,
    };
}
