namespace EnergyManager.Core.Units;

/// <summary>The run that a budget in mWh refers to unless the caller says otherwise: 500 inferences at batch size 1.</summary>
public static class StandardRun
{
    /// <summary>Inferences in the standard run.</summary>
    public const int Inferences = 500;

    /// <summary>Batch size of the standard run.</summary>
    public const int Batch = 1;
}
