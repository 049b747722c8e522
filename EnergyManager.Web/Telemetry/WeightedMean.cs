using System.Runtime.InteropServices;

namespace EnergyManager.Web.Telemetry;

/// <summary>A mean as its weighted sum and the weight, so that means can be added up. Nothing added is no mean, not 0.</summary>
[StructLayout(LayoutKind.Auto)]
internal record struct WeightedMean(double Sum, double Weight)
{
    public readonly double? Value => Weight > 0 ? Sum / Weight : null;

    public void Add(double? value, double weight)
    {
        if (value is not { } number || weight <= 0)
            return;
        Sum += number * weight;
        Weight += weight;
    }

    public void Add(WeightedMean other)
    {
        Sum += other.Sum;
        Weight += other.Weight;
    }
}
