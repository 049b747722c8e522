namespace EnergyManager.Agent;

/// <summary>The directories of the agent's data, locked against a second agent.</summary>
public sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    /// <summary>Makes the directories and locks them.</summary>
    /// <exception cref="AgentStartException">The directory cannot be written, or another agent uses it.</exception>
    public DataDirectory(string root)
    {
        Root = root;
        try
        {
            Directory.CreateDirectory(root);
            Directory.CreateDirectory(Artifacts);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"{AgentOptions.Section}:DataDirectory {root} cannot be created: {exception.Message}", exception);
        }
        try
        {
            _lock = new FileStream(Path.Combine(root, "agent.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new AgentStartException($"{AgentOptions.Section}:DataDirectory {root} may not be written by this user.", exception);
        }
        catch (IOException exception)
        {
            throw new AgentStartException(
                $"{AgentOptions.Section}:DataDirectory {root} is in use by another agent: end it, or give this one a directory of its own.", exception);
        }
    }

    public string Root { get; }

    public string Artifacts => Path.Combine(Root, "artifacts");

    public string Outbox => Path.Combine(Root, "outbox");

    public string StateFile => Path.Combine(Root, "state.json");

    public void Dispose() => _lock.Dispose();
}

/// <summary>The agent cannot start; the message says what to do.</summary>
public sealed class AgentStartException(string message, Exception? innerException = null) : Exception(message, innerException);
