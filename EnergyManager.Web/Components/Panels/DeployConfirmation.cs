namespace EnergyManager.Web.Components.Panels;

/// <summary>Why a deployment asks for confirmation.</summary>
public enum DeployDoubt
{
    /// <summary>The energy is over the budget.</summary>
    OverBudget,

    /// <summary>Nothing says what the model costs.</summary>
    NoPrediction,
}
