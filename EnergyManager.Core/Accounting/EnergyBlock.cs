using System.Runtime.InteropServices;

namespace EnergyManager.Core.Accounting;

/// <summary>A stretch of measured time within a phase.</summary>
/// <param name="DurationS">Length in seconds; greater than 0.</param>
/// <param name="Joules">Energy of the whole board in joules.</param>
/// <param name="Inferences">Inputs that were inferred in it: passes times batch size.</param>
/// <param name="Samples">Readings of the sensor in it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EnergyBlock(double DurationS, double Joules, long Inferences, long Samples);
