using EnergyManager.Agent.Artifacts;
using EnergyManager.Agent.Inference;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Agent.Inference;

public sealed class EnergyCheckTests
{
    [Theory]
    [InlineData(299.0, 100.0, 3.0)]
    [InlineData(null, 100.0, 3.0)]
    [InlineData(900.0, null, 3.0)]
    [InlineData(900.0, 100.0, null)]
    public void CheckEnergy_WithinTheLimitOrNothingToCompare_Passes(double? measured, double? predicted, double? factor) =>
        Should.NotThrow(() => Check(measured, predicted, factor));

    [Fact]
    public void CheckEnergy_FarBeyondThePrediction_FailsWithBothFigures() =>
        Should.Throw<DeploymentFailedException>(() => Check(450, 100, 3)).Message
            .ShouldStartWith("The health check measured 450 mJ per inference, more than 3 times the predicted 100 mJ");

    private static void Check(double? measured, double? predicted, double? factor) => ModelTrial.CheckEnergy(
        measured is { } mj ? EnergyPerInference.FromMillijoules(mj) : null,
        new DesiredModel
        {
            DeploymentId = "d",
            Model = "a",
            FileName = "a.onnx",
            Sha256 = "",
            SizeBytes = 1,
            Path = "/models/a.onnx",
            PredictedEnergyPerInferenceMj = predicted,
            MaximumEnergyFactor = factor,
        });
}
