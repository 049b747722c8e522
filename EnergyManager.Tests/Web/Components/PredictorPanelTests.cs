using Bunit;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Core.Prediction.Calibration;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Panels;
using Microsoft.AspNetCore.Components.Forms;

namespace EnergyManager.Tests.Web.Components;

public sealed class PredictorPanelTests : DashboardContext
{
    [Fact]
    public void Predict_WithoutFigures_NamesTheFieldsAndPredictsNothing()
    {
        var panel = Render<PredictorPanel>();

        panel.Find("form").Submit();

        panel.WaitForElement("[data-testid=prediction-error]").TextContent.ShouldContain("params_m, gmacs, size_mb");
        panel.FindAll("[data-testid=prediction-result]").ShouldBeEmpty();
    }

    [Fact]
    public void Predict_OfTheSelection_ShowsEnergyIntervalWindowAndProvenance()
    {
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.DeviceType, "jetson-nano").Add(p => p.Selected, Model("m", 10)));

        panel.Find("[data-testid=use-selected]").Click();

        // 4 W for 500 x 20 ms are 40 J: 11.1 mWh.
        var result = panel.WaitForElement("[data-testid=prediction-result]").TextContent;
        result.ShouldContain("11.1");
        result.ShouldContain("8.89 to 13.9 mWh with 90 % confidence");
        result.ShouldContain("7.78 to 15.6 mWh with 95 % confidence");
        result.ShouldContain("for 500 inferences");
        result.ShouldContain("predicted");
        result.ShouldContain("Measured latency");
        panel.FindAll("[data-testid=out-of-distribution]").ShouldBeEmpty();
    }

    [Fact]
    public void Predict_FarFromTheData_Warns()
    {
        Predictor.Outside = true;
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.Selected, Model("m", 10)));

        panel.Find("[data-testid=use-selected]").Click();

        panel.WaitForElement("[data-testid=out-of-distribution]").TextContent.ShouldContain("gmacs outside");
    }

    [Fact]
    public void Predict_ThatIsRefused_ShowsTheReason()
    {
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.Selected, Model("m", 10) with { Gmacs = 5000 }));

        panel.Find("[data-testid=use-selected]").Click();

        panel.WaitForElement("[data-testid=prediction-error]").TextContent.ShouldContain("gmacs: at most 1000.");
    }

    [Fact]
    public void Predict_ForADeviceThatMeasured_SaysThatItIsCalibrated()
    {
        var device = Connect("d1", powerSensor: true);
        var observed = PredictorForm.From(Model("m", 10)).ToRequest("jetson-nano")!;
        Calibrations.Calibration = DeviceCalibration.From(Predictor,
        [
            new DeviceObservation
            {
                Model = observed,
                LatencyS = new MeasuredMean(0.03, 0.01, 12),
                EnergyPerInferenceMj = new MeasuredMean(150, 0.01, 12),
                EnergyProvenance = Provenance.Measured("ina219"),
                Time = Clock.GetUtcNow(),
            },
        ]);
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.DeviceType, "jetson-nano").Add(p => p.Device, device).Add(p => p.Selected, Model("m", 10)));

        panel.Find("[data-testid=use-selected]").Click();

        var calibration = panel.WaitForElement("[data-testid=calibration]").TextContent;
        calibration.ShouldContain("measured models: 1, windows of this one: 12");
        calibration.ShouldContain("measured:ina219");
        var result = panel.Find("[data-testid=prediction-result]").TextContent;
        result.ShouldContain("Calibrated");
        result.ShouldContain("predicted");
        panel.Render(parameters => parameters.Add(p => p.Device, null));
        panel.FindAll("[data-testid=prediction-result]").ShouldBeEmpty();
    }

    [Fact]
    public void Predict_Implausible_IsAStateOfItsOwnThatMarksTheField()
    {
        Predictor.Implausible = "latency_avg_s";
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.Selected, Model("m", 10)));

        panel.Find("[data-testid=use-selected]").Click();

        var refused = panel.WaitForElement("[data-testid=prediction-refused]").TextContent;
        refused.ShouldContain("No prediction.");
        refused.ShouldContain("too fast");
        panel.FindAll("[data-testid=prediction-error]").ShouldBeEmpty();
        panel.FindAll("[data-testid=prediction-result]").ShouldBeEmpty();
        panel.FindAll(".mud-input-error [data-testid=field-latency_ms], .mud-input-error:has([data-testid=field-latency_ms])").ShouldNotBeEmpty();
    }

    [Fact]
    public void Predict_ForAnotherBoard_ForgetsTheFigureOfTheOneBefore()
    {
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.DeviceType, "jetson-nano").Add(p => p.Selected, Model("m", 10)));
        panel.Find("[data-testid=use-selected]").Click();
        panel.WaitForElement("[data-testid=prediction-result]");

        panel.Render(parameters => parameters.Add(p => p.DeviceType, "raspberry-pi-5"));

        panel.FindAll("[data-testid=prediction-result]").ShouldBeEmpty();
    }

    [Fact]
    public void Drop_OfAFileThatIsNoModel_SaysSo()
    {
        var panel = Render<PredictorPanel>();

        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("not a model", "model.onnx"));

        panel.WaitForElement("[data-testid=prediction-error]").TextContent.ShouldNotBeNullOrWhiteSpace();
        panel.FindAll("[data-testid=prediction-result]").ShouldBeEmpty();
    }

    [Fact]
    public void Drop_OfAnOnnxFile_FillsTheFormAndPredictsFromItsGraph()
    {
        var panel = Render<PredictorPanel>(parameters => parameters.Add(p => p.DeviceType, "jetson-nano"));

        panel.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromBinary(ModelSynthesizer.Write("squeezenet1_1"), "squeezenet1_1.onnx"));

        panel.WaitForElement("[data-testid=prediction-result]", Eventually.Patience).TextContent.ShouldContain("Static");
        // SqueezeNet 1.1 has 1.2355 million parameters.
        panel.Markup.ShouldContain("1.2355");
        panel.Markup.ShouldContain("random weights");
    }
}
