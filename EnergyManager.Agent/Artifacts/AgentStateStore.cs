using System.Text.Json;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>
/// Keeps <see cref="AgentState"/> in one file that is replaced as a whole: written beside, flushed to the medium, renamed. So
/// which model runs and what was reported about it never disagree.
/// </summary>
public sealed class AgentStateStore
{
    private readonly Lock _lock = new();
    private readonly AsyncSignal _reported = new();
    private readonly string _path;
    private readonly ILogger<AgentStateStore> _logger;
    private volatile AgentState _state;

    public AgentStateStore(string path, ILogger<AgentStateStore> logger)
    {
        (_path, _logger) = (path, logger);
        _state = Load();
        if (_state.Reports.Count > 0)
            _reported.Set();
    }

    public AgentState State => _state;

    /// <summary>Changes the state and stores it.</summary>
    /// <exception cref="IOException">It could not be stored; nothing has changed.</exception>
    public void Commit(Func<AgentState, AgentState> change)
    {
        lock (_lock)
        {
            var next = Limit(change(_state));
            Write(next);
            Publish(next);
        }
    }

    /// <summary>Changes the state and stores it if it can be stored; otherwise it is stored with the next change.</summary>
    public void Update(Func<AgentState, AgentState> change)
    {
        lock (_lock)
        {
            var next = Limit(change(_state));
            try
            {
                Write(next);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                _logger.LogError(exception, "{Path} cannot be written; after a restart the agent knows less than it does now.", _path);
            }
            Publish(next);
        }
    }

    /// <summary>Waits for a report that the server has not taken.</summary>
    public async Task<DeploymentReport> NextReportAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_state.Reports is [var first, ..])
                return first;
            await _reported.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Forgets a report that the server took.</summary>
    public void RemoveReport(DeploymentReport report) =>
        Update(state => state with { Reports = [.. state.Reports.Where(r => !ReferenceEquals(r, report))] });

    private void Publish(AgentState next)
    {
        _state = next;
        if (next.Reports.Count > 0)
            _reported.Set();
    }

    private static AgentState Limit(AgentState state) => state.Reports.Count <= AgentState.MaximumReports
        ? state
        : state with { Reports = [.. state.Reports.TakeLast(AgentState.MaximumReports)] };

    private AgentState Load()
    {
        if (!File.Exists(_path))
            return new AgentState();
        try
        {
            var state = JsonSerializer.Deserialize(File.ReadAllBytes(_path), AgentStateJson.Default.AgentState);
            // What an older agent did not write is null here, whatever the type says.
            if (state is { Schema: AgentState.CurrentSchema })
                return state.Reports is null ? state with { Reports = [] } : state;
            _logger.LogError("{Path} has schema {Schema}, this agent knows {Known}; it is set aside.", _path, state?.Schema, AgentState.CurrentSchema);
        }
        catch (JsonException exception)
        {
            _logger.LogError(exception, "{Path} cannot be read; it is set aside and the agent begins without a model.", _path);
        }
        File.Move(_path, _path + ".unreadable", overwrite: true);
        return new AgentState();
    }

    private void Write(AgentState state) => DurableFile.Replace(_path, JsonSerializer.SerializeToUtf8Bytes(state, AgentStateJson.Default.AgentState));
}
