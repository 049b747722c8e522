namespace EnergyManager.Web.Components.Panels;

/// <summary>How a model's energy stands to the budget.</summary>
public enum BudgetVerdict
{
    /// <summary>No budget is set.</summary>
    NoBudget,

    /// <summary>Nothing says what the model costs.</summary>
    Unknown,

    /// <summary>Within the budget.</summary>
    Within,

    /// <summary>Over the budget.</summary>
    Over,
}

/// <summary>The energy of the standard run against the budget.</summary>
public static class BudgetCheck
{
    /// <summary>The verdict. Exactly on the budget is within it.</summary>
    public static BudgetVerdict Judge(double? standardRunMwh, double? budgetMwh) => (standardRunMwh, budgetMwh) switch
    {
        (null, _) => BudgetVerdict.Unknown,
        (_, null) => BudgetVerdict.NoBudget,
        ({ } energy, { } budget) => energy > budget ? BudgetVerdict.Over : BudgetVerdict.Within,
    };
}
