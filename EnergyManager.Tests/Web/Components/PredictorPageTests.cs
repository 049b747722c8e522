using Bunit;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Web.Components.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Tests.Web.Components;

public sealed class PredictorPageTests : DashboardContext
{
    [Fact]
    public void Page_WhileTheValidationRuns_SaysSoInTheRoomOfThePlots()
    {
        var page = Render<PredictorPage>();

        page.WaitForElement("[data-testid=validation-running]");
        page.FindAll("[data-testid=validation-source]").ShouldBeEmpty();
        page.FindAll(".em-chart-loading").Count.ShouldBe(4);
        page.Find("[data-testid=validation-figures]").GetAttribute("aria-busy").ShouldBe("true");
    }

    [Fact]
    public void Page_OfAValidation_ShowsItsFiguresAndRows()
    {
        Validations.Answer.SetResult(Validation());
        var page = Render<PredictorPage>();

        page.WaitForAssertion(() => page.Find("[data-testid=validation-figures]").TextContent.ShouldContain("11.0 %"));
        page.Find("[data-testid=chart-table-validation-scatter]").Click();

        page.WaitForAssertion(() => page.FindAll("[data-testid=validation-scatter-chart] tbody tr").Count.ShouldBe(2));
        var rows = page.FindAll("[data-testid=validation-scatter-chart] tbody tr");
        rows[0].TextContent.ShouldContain("small");
        rows[1].TextContent.ShouldContain("120");
        page.Find("[data-testid=validation-source]").TextContent.ShouldContain("benchmark");
        page.FindAll("[data-testid=validation-running]").ShouldBeEmpty();
    }

    [Fact]
    public void Mode_Chosen_ShowsItsOwnRowsAndIsWrittenToTheAddress()
    {
        Validations.Answer.SetResult(Validation());
        var page = Render<PredictorPage>();
        page.WaitForAssertion(() => page.Find("[data-testid=validation-figures]").TextContent.ShouldContain("11.0 %"));

        page.Find("[data-testid=mode-static]").Click();

        page.WaitForAssertion(() => page.Find("[data-testid=validation-figures]").TextContent.ShouldContain("30.0 %"));
        Services.GetRequiredService<NavigationManager>().Uri.ShouldContain("mode=static");
    }

    [Fact]
    public void Page_OfABoardThatCannotBeValidated_SaysWhy()
    {
        Validations.Answer.SetException(new TrainingRefusedException("8 rows cannot be divided into 5 folds; 10 are needed."));

        Render<PredictorPage>().WaitForElement("[data-testid=validation-error]").TextContent.ShouldContain("8 rows cannot be divided");
    }

    [Fact]
    public void Contributions_OfAModelThatIsNotKnown_SaySo()
    {
        Library.Models = [Model("known", 40)];

        var page = Render<PredictorPage>();

        page.WaitForAssertion(() => page.Find("[data-testid=contributions-panel] [role=alert]").TextContent.ShouldContain("known"));
    }

    private static ModelValidation Validation() => new(
        [
            Protocol(FoldGrouping.Architecture, PredictionMode.MeasuredLatency, 0.11), Protocol(FoldGrouping.Random, PredictionMode.MeasuredLatency, 0.08),
            Protocol(FoldGrouping.Architecture, PredictionMode.Static, 0.3),
        ],
        [new FeatureImportance("log_gmacs", 0.2, 0.01), new FeatureImportance("log_params_m", -0.01, 0.01)],
        []);

    private static ProtocolResult Protocol(FoldGrouping grouping, PredictionMode mode, double mape)
    {
        var baseline = new BaselineResult(0.5, 0.4, 0.2, 30, 0.1);
        return new ProtocolResult(grouping, mode, new EvaluationResult("jetson-nano", 2, mape, 0.1, 0.9, 5, 0.6, 0.9, 1.4, baseline, baseline) { Coverage95 = 0.95 })
        {
            Rows = [new ValidatedRow("large", "resnet", 100, 120, 90, 160), new ValidatedRow("small", "mobilenet", 10, 9, 8, 9.5)],
        };
    }
}
