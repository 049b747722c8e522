using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Caps of what a benchmark may be asked for.</summary>
public sealed class BenchmarkOptions
{
    /// <summary>Longest active phase and longest warm-up.</summary>
    public TimeSpan MaximumDuration { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Most inferences of an active phase. The duration caps it too.</summary>
    public int MaximumInferences { get; set; } = 1_000_000;

    /// <summary>Longest phase in which nothing runs.</summary>
    public TimeSpan MaximumRest { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Most reports kept for a server that is away; the oldest go first.</summary>
    public int MaximumReports { get; set; } = 50;

    /// <summary>What is wrong with a request, by field.</summary>
    public IReadOnlyDictionary<string, string[]> Check(BenchmarkRequest request)
    {
        var errors = new SortedDictionary<string, string[]>(StringComparer.Ordinal);

        void Between(double value, double least, double most, string field)
        {
            if (!(value >= least && value <= most))
                errors[field] = [FormattableString.Invariant($"{field} is {value}; it must be between {least} and {most}.")];
        }

        Between(request.DurationS, 1, MaximumDuration.TotalSeconds, "duration_s");
        Between(request.WarmUpS, 0, MaximumDuration.TotalSeconds, "warm_up_s");
        Between(request.RestS, 0, MaximumRest.TotalSeconds, "rest_s");
        if (request.Inferences is { } inferences)
            Between(inferences, 1, MaximumInferences, "inferences");
        if (request.BenchmarkId?.Length > BenchmarkRequest.MaximumIdLength)
            errors["benchmark_id"] = [$"benchmark_id has more than {BenchmarkRequest.MaximumIdLength} characters."];
        if (request.Model?.Length > AgentProtocol.MaximumText)
            errors["model"] = [$"model has more than {AgentProtocol.MaximumText} characters."];
        return errors;
    }
}
