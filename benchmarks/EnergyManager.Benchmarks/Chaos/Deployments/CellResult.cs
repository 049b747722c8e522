namespace EnergyManager.Benchmarks.Chaos.Deployments;

/// <summary>What strikes a deployment.</summary>
internal enum DeploymentFault
{
    AgentKilled,
    ServerKilled,
    NetworkCut,
    DiskFull,
    BadChecksum,
    CorruptModel,
    RuntimeCrash,
    OverBudget,
    DeviceRemoved,
}

/// <summary>A fault in a state: what it is there, and how the deployment may end. Without an end it cannot happen.</summary>
/// <param name="State">State of the deployment, as REST calls it.</param>
/// <param name="Fault">The fault.</param>
/// <param name="What">What is done, or why it cannot happen, in words.</param>
/// <param name="End">State in which the deployment must end, or <c>null</c>.</param>
/// <param name="Sentence">Words that the user must read.</param>
internal sealed record FaultCase(string State, DeploymentFault Fault, string What, string? End, string? Sentence = null)
{
    public override string ToString() => $"{Fault} while {State}";
}

/// <summary>What became of a <see cref="FaultCase"/>.</summary>
/// <param name="Case">The case.</param>
/// <param name="StruckAt">State that the deployment was in when the fault struck.</param>
/// <param name="End">State in which it ended.</param>
/// <param name="Sentence">What the user reads.</param>
/// <param name="Infers">Model that the device infers with afterwards, or <c>null</c>.</param>
/// <param name="Seconds">From the fault to the end, its own length included.</param>
/// <param name="Violation">What must not be, or <c>null</c>.</param>
internal sealed record CellResult(FaultCase Case, string StruckAt, string End, string Sentence, string? Infers, double Seconds, string? Violation);
