namespace EnergyManager.Core.Prediction.Validation;

/// <summary>One benchmark row as models that did not see it predicted it: a point of the validation plots.</summary>
/// <param name="Model">Model name.</param>
/// <param name="Family">Its family.</param>
/// <param name="MeasuredMwh">Measured energy of the row's own run in mWh.</param>
/// <param name="PredictedMwh">Predicted energy of the same run in mWh.</param>
/// <param name="LowMwh">Lower bound of the 90 % interval in mWh. The interval rests on the errors of the other folds.</param>
/// <param name="HighMwh">Upper bound of the 90 % interval in mWh.</param>
public sealed record ValidatedRow(string Model, string Family, double MeasuredMwh, double PredictedMwh, double LowMwh, double HighMwh)
{
    /// <summary>Predicted over measured less 1: 0.1 is 10 % too much.</summary>
    public double RelativeError => (PredictedMwh / MeasuredMwh) - 1;

    /// <summary>Whether the measured energy lies inside the interval.</summary>
    public bool IsCovered => MeasuredMwh >= LowMwh && MeasuredMwh <= HighMwh;
}
