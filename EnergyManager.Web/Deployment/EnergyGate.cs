using System.Globalization;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Units;

namespace EnergyManager.Web.Deployment;

/// <summary>What the gate says of a deployment.</summary>
/// <param name="Open">Whether the deployment may go on.</param>
/// <param name="Message">Why, as a sentence for the log.</param>
/// <param name="Predicted">Predicted energy of the standard run, where there is a prediction.</param>
internal sealed record GateDecision(bool Open, string Message, DeploymentEnergy? Predicted)
{
    /// <summary>Whether the gate would have refused, but for the override.</summary>
    public bool Overridden { get; init; }

    /// <summary>Whether the prediction was corrected by what the device had measured.</summary>
    public bool Calibrated { get; init; }

    /// <summary><c>accepted</c>, <c>overridden</c> or <c>refused</c>.</summary>
    public string Verdict => !Open ? "refused" : Overridden ? "overridden" : "accepted";
}

/// <summary>
/// Compares the predicted energy of the standard run, calibrated where the device has measured something, with the budget. It
/// fails closed: a budget that cannot be checked stops the deployment just as one that is exceeded, and both give way to an
/// explicit override.
/// </summary>
internal static class EnergyGate
{
    /// <summary>Decides on one deployment.</summary>
    /// <param name="prediction">Prediction for the device, or <c>null</c>.</param>
    /// <param name="unavailable">Why there is no prediction.</param>
    /// <param name="budgetMwh">Budget in mWh of the standard run, or <c>null</c> for none.</param>
    /// <param name="overridden">Whether the caller insists.</param>
    public static GateDecision Check(EnergyPrediction? prediction, string? unavailable, double? budgetMwh, bool overridden)
    {
        var run = $"the standard run of {StandardRun.Inferences} inferences";
        if (prediction is null)
        {
            var why = $"The energy of {run} cannot be predicted: {unavailable ?? "nothing is known of the model."}";
            return budgetMwh is null ? new(true, $"{why} No budget is set.", null)
                : overridden ? new(true, $"{why} The budget of {Text(budgetMwh.Value)} is overridden.", null) { Overridden = true }
                : new(false, $"{why} The budget of {Text(budgetMwh.Value)} cannot be checked: override it to deploy anyway.", null);
        }

        var predicted = prediction.Calibration is { } calibration ? $"{calibration} Predicted" : "Predicted";
        var calibrated = prediction.Calibration is not null;
        var mwh = prediction.EnergyPerInference.OfStandardRun().MilliwattHours;
        var energy = new DeploymentEnergy(mwh, StandardRun.Inferences, Provenance.Predicted.ToString());
        if (budgetMwh is not { } budget)
            return new(true, $"{predicted} {Text(mwh)} for {run}; no budget is set.", energy) { Calibrated = calibrated };
        if (mwh <= budget)
            return new(true, $"{predicted} {Text(mwh)} for {run}, within the budget of {Text(budget)}.", energy) { Calibrated = calibrated };
        var over = $"{predicted} {Text(mwh)} for {run}, {Text(mwh - budget)} over the budget of {Text(budget)}";
        return overridden
            ? new(true, $"{over}. The budget is overridden.", energy) { Calibrated = calibrated, Overridden = true }
            : new(false, $"{over}: override it to deploy anyway.", energy) { Calibrated = calibrated };
    }

    private static string Text(double mwh) => string.Create(CultureInfo.InvariantCulture, $"{mwh:0.##} mWh");
}
