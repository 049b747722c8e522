using EnergyManager.Tests.Web.Fleet;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Tests.Web.Deployment;

public sealed class EnergyGateTests
{
    // predicted mWh, budget, override -> open, part of the sentence
    [Theory]
    [InlineData("small", 50.0, false, true, "within the budget of 50 mWh")]
    [InlineData("small", 10.0, false, true, "within the budget")]
    [InlineData("small", null, false, true, "no budget is set")]
    [InlineData("large", 50.0, false, false, "150 mWh over the budget of 50 mWh")]
    [InlineData("large", 50.0, true, true, "The budget is overridden")]
    [InlineData("unpredicted", null, false, true, "cannot be predicted")]
    [InlineData("unpredicted", 50.0, false, false, "cannot be checked")]
    [InlineData("unpredicted", 50.0, true, true, "is overridden")]
    public async Task Check_PredictionAndBudget_DecidesAndSaysWhy(string model, double? budget, bool overridden, bool open, string message)
    {
        var prediction = await new TestLibrary().PredictAsync(model, null, CancellationToken.None);

        var decision = EnergyGate.Check(prediction, null, budget, overridden);

        decision.Open.ShouldBe(open);
        decision.Message.ShouldContain(message);
        decision.Message.ShouldContain("500 inferences");
        if (prediction is null)
            decision.Predicted.ShouldBeNull();
        else
            decision.Predicted!.Provenance.ShouldBe("predicted");
    }
}
