using EnergyManager.Core.Units;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Web.Components.Device;

/// <summary>Which energy of the running model stands against its budget.</summary>
public static class BudgetedEnergy
{
    /// <summary>
    /// What the device measured in its newest minutes, else what the health check of the deployment measured, else what was
    /// predicted; <c>null</c> when nothing says it. A sensor that sees a part of the board says nothing of a budget for all of it.
    /// </summary>
    /// <param name="deployment">Deployment that put the model there, or <c>null</c>.</param>
    /// <param name="running">Measured and predicted figures of the running model, or <c>null</c>.</param>
    public static DeploymentEnergy? Of(DeploymentView? deployment, ModelEnergy? running)
    {
        if (running?.Measured is { EnergyMwh: { } mwh } measured && OfTheWholeBoard(measured.Provenance))
            return new DeploymentEnergy(mwh, StandardRun.Inferences, measured.Provenance);
        if (deployment?.MeasuredEnergy is { } checkedEnergy && OfTheWholeBoard(checkedEnergy.Provenance))
            return checkedEnergy;
        return deployment?.PredictedEnergy
            ?? (running?.Predicted is { } predicted ? new DeploymentEnergy(predicted.EnergyMwh, StandardRun.Inferences, predicted.Provenance) : null);
    }

    private static bool OfTheWholeBoard(string text) => Provenance.TryParse(text, out var provenance) && provenance.Scope == PowerScope.WholeBoard;
}
