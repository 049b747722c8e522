using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Benchmarking;

/// <summary>Reports that the server has not taken yet, in a file that is replaced as a whole: a measurement of minutes must outlive a restart.</summary>
public sealed class BenchmarkReports
{
    private readonly Lock _lock = new();
    private readonly AsyncSignal _added = new();
    private readonly string _path;
    private readonly int _maximum;
    private readonly ILogger<BenchmarkReports> _logger;
    private readonly List<BenchmarkReport> _pending;

    public BenchmarkReports(DataDirectory directory, IOptions<AgentOptions> options, TimeProvider time, ILogger<BenchmarkReports> logger)
    {
        (_path, _maximum, _logger) = (Path.Combine(directory.Root, "benchmarks.json"), options.Value.Benchmark.MaximumReports, logger);
        // What was under way when the agent ended is not under way any more.
        _pending = [.. Load().Select(report => report.State != BenchmarkState.Running ? report : report with
        {
            State = BenchmarkState.Cancelled,
            Phase = null,
            Reason = "The agent ended before the benchmark did.",
            EndedAt = time.GetUtcNow(),
        })];
        if (_pending.Count > 0)
            _added.Set();
    }

    /// <summary>Reports that were dropped because too many waited.</summary>
    public long Dropped { get; private set; }

    /// <summary>Reports that wait for the server, oldest first.</summary>
    public IReadOnlyList<BenchmarkReport> Pending
    {
        get
        {
            lock (_lock)
                return [.. _pending];
        }
    }

    /// <summary>Queues a report in the place of an earlier one of the same benchmark.</summary>
    public void Add(BenchmarkReport report)
    {
        lock (_lock)
        {
            _pending.RemoveAll(r => r.BenchmarkId == report.BenchmarkId);
            _pending.Add(report);
            while (_pending.Count > _maximum)
            {
                _pending.RemoveAt(0);
                Dropped++;
            }
            Store();
        }
        _added.Set();
    }

    /// <summary>Waits for a report that the server has not taken.</summary>
    public async Task<BenchmarkReport> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (_pending is [var first, ..])
                    return first;
            }
            await _added.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets a report that the server took; one that came after it stays.</summary>
    public void Remove(BenchmarkReport report)
    {
        lock (_lock)
        {
            if (_pending.RemoveAll(r => ReferenceEquals(r, report)) > 0)
                Store();
        }
    }

    private void Store()
    {
        try
        {
            DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(_pending, BenchmarkReportsJson.Default.ListBenchmarkReport));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.LogError(exception, "{Path} cannot be written; after a restart the agent does not know of benchmarks that the server has not taken.", _path);
        }
    }

    private List<BenchmarkReport> Load()
    {
        if (!File.Exists(_path))
            return [];
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_path), BenchmarkReportsJson.Default.ListBenchmarkReport) ?? [];
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            _logger.LogError(exception, "{Path} cannot be read; benchmarks that the server has not taken are lost.", _path);
            return [];
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ProvenanceJsonConverter), typeof(BenchmarkStateJsonConverter), typeof(EnergyBasisJsonConverter)])]
[JsonSerializable(typeof(List<BenchmarkReport>))]
internal sealed partial class BenchmarkReportsJson : JsonSerializerContext;
