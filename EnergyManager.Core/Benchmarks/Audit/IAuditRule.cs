namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>One documented reason to doubt a row. Rules look at a row's physics and at its neighbours, never at a prediction.</summary>
public interface IAuditRule
{
    /// <summary>Stable code in kebab-case: what the <c>findings</c> column of a curated table holds.</summary>
    string Code { get; }

    /// <summary>Short name for people.</summary>
    string Name { get; }

    /// <summary>Why the rule is right: the physics or arithmetic behind it.</summary>
    string Reason { get; }

    /// <summary>Looks at one row.</summary>
    /// <param name="record">The row as the rules before this one left it.</param>
    /// <param name="context">The other rows of the files and what is known of the board and the networks.</param>
    /// <returns>What the rule has to say, or <c>null</c> where it has nothing to say.</returns>
    AuditOutcome? Examine(BenchmarkRecord record, AuditContext context);
}
