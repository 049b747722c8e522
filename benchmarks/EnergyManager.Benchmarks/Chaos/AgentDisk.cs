using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>What an agent's data directory says of models.</summary>
/// <param name="DeploymentId">Deployment of the model that runs, or <c>null</c> for none.</param>
/// <param name="Model">Its name.</param>
/// <param name="File">Its artifact.</param>
internal sealed record CurrentModel(string? DeploymentId, string? Model, string? File)
{
    public static CurrentModel None { get; } = new(null, null, null);
}

/// <summary>Reads an agent's data directory.</summary>
internal sealed class AgentDisk(string dataDirectory)
{
    public string Outbox => Path.Combine(dataDirectory, "outbox");

    public HashSet<SampleKey> Samples() => OutboxFiles.Read(Outbox);

    /// <summary>The model that is written down as running.</summary>
    /// <exception cref="System.Text.Json.JsonException">The state file is not whole.</exception>
    public CurrentModel Current()
    {
        var path = Path.Combine(dataDirectory, "state.json");
        if (!File.Exists(path) || JsonNode.Parse(File.ReadAllText(path))?["current"] is not { } current)
            return CurrentModel.None;
        return new CurrentModel((string?)current["deployment_id"], (string?)current["model"], (string?)current["file"]);
    }

    /// <summary>What is wrong with the model that is written down as running, in words, or <c>null</c>.</summary>
    public string? FindFault()
    {
        if (File.Exists(Path.Combine(dataDirectory, "state.json.unreadable")))
            return "the state file could not be read and was set aside";
        CurrentModel current;
        try
        {
            current = Current();
        }
        catch (System.Text.Json.JsonException exception)
        {
            return $"the state file is damaged: {exception.Message}";
        }
        if (current.File is null)
            return null;
        var artifact = Path.Combine(dataDirectory, "artifacts", current.File);
        if (!File.Exists(artifact))
            return $"{current.File} runs by the state file and is not there";
        using var file = File.OpenRead(artifact);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        return hash == Path.GetFileNameWithoutExtension(current.File) ? null : $"{current.File} has the SHA-256 {hash}";
    }
}
