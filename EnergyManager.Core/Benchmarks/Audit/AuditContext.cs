using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Devices;

namespace EnergyManager.Core.Benchmarks.Audit;

/// <summary>What a rule may look at besides the row itself.</summary>
public sealed class AuditContext
{
    private readonly ILookup<string, BenchmarkRecord> _byArchitecture;
    private readonly ILookup<(string Model, string Energy), BenchmarkRow> _known;
    private readonly Dictionary<string, object?> _facts = new(StringComparer.Ordinal);

    /// <summary>A context.</summary>
    /// <param name="device">The board.</param>
    /// <param name="records">Every distinct row as the rules of the earlier stages left it.</param>
    /// <param name="reference">Published figures of known networks.</param>
    /// <param name="known">Measurements of the board whose runs are known, or <c>null</c>.</param>
    public AuditContext(DeviceType device, IReadOnlyList<BenchmarkRecord> records, ArchitectureReference reference, BenchmarkTable? known = null)
    {
        KnownRuns = known?.Rows ?? [];
        _known = KnownRuns.ToLookup(r => (r.Model, FieldChange.Show(r.RunEnergyMwh)));
        Device = device;
        Records = records;
        Reference = reference;
        Limits = BoardLimits.Of(device);
        _byArchitecture = records.ToLookup(r => r.Name.Architecture, StringComparer.Ordinal);
    }

    /// <summary>The board.</summary>
    public DeviceType Device { get; }

    /// <summary>Every distinct row of the files.</summary>
    public IReadOnlyList<BenchmarkRecord> Records { get; }

    /// <summary>Measurements of the board whose runs are known, besides those of the files.</summary>
    public IReadOnlyList<BenchmarkRow> KnownRuns { get; }

    /// <summary>Published figures of known networks.</summary>
    public ArchitectureReference Reference { get; }

    /// <summary>What the board cannot exceed.</summary>
    public BoardLimits Limits { get; }

    /// <summary>Rows of the same architecture, the row itself among them.</summary>
    public IEnumerable<BenchmarkRecord> SameArchitecture(BenchmarkRecord record) => _byArchitecture[record.Name.Architecture];

    /// <summary>The same measurement (model and energy to the last digit) among the known runs, or <c>null</c>.</summary>
    public BenchmarkRow? KnownRun(BenchmarkRecord record) => _known[(record.Model, FieldChange.Show(record.RunEnergyMwh))].FirstOrDefault();

    /// <summary>A fact about all rows, worked out once: rules ask for it at every row.</summary>
    /// <param name="name">Name of the fact, with what it depends on.</param>
    /// <param name="workOut">Works it out.</param>
    public T Fact<T>(string name, Func<T> workOut)
    {
        if (!_facts.TryGetValue(name, out var fact))
            _facts[name] = fact = workOut();
        return (T)fact!;
    }

    /// <summary>True when a whole board of this kind can draw the average power.</summary>
    public bool IsInEnvelope(double watts) => watts >= Device.MinimumPower.Watts && watts <= Device.MaximumPower.Watts;

    /// <summary>Published figures of the row's network at the row's input size, or <c>null</c>.</summary>
    public ReferenceFigures? PublishedFigures(BenchmarkRecord record) => Reference.Find(record.Name, record.InputWidth, record.InputHeight);
}
