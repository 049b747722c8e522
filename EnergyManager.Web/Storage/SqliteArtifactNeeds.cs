using System.Text.Json;
using Dapper;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.ModelStore;

namespace EnergyManager.Web.Storage;

/// <summary>Which artifacts devices need, by their deployments and desired states. A device that is no longer known needs nothing.</summary>
internal sealed class SqliteArtifactNeeds(Database database) : IArtifactNeeds
{
    /// <summary>Deployments of a device that a rollback looks at; see <see cref="SqliteDeploymentStore.Good"/>.</summary>
    private const int RollbackDepth = 20;

    public ArtifactNeeds Read()
    {
        using var connection = database.Open();
        // One reading of the database: a deployment that changes its state meanwhile is seen before or after, not lost between.
        using var transaction = connection.BeginTransaction(deferred: true);
        var contents = new Dictionary<string, string>(StringComparer.Ordinal);
        var models = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (device, model) in connection.Query<(string Device, string Model)>(
            "SELECT name, desired_model FROM device WHERE desired_model IS NOT NULL", transaction: transaction))
        {
            if (JsonSerializer.Deserialize<DesiredModel>(model) is { } desired)
                contents.TryAdd(desired.Sha256, $"{device} should run it.");
        }

        foreach (var (device, artifact) in connection.Query<(string Device, string Artifact)>(
            """
            SELECT device.name, deployment.artifact FROM device JOIN deployment ON deployment.deployment_id = device.running_deployment_id
            WHERE deployment.artifact IS NOT NULL
            """, transaction: transaction))
            Need(artifact, $"{device} runs it.");

        foreach (var (id, model, artifact) in connection.Query<(string Id, string Model, string? Artifact)>(
            $"SELECT deployment_id, model, artifact FROM deployment WHERE {SqliteDeploymentStore.Unsettled}", transaction: transaction))
        {
            var reason = $"Deployment {id} of {model} is under way.";
            if (artifact is null)
                models.TryAdd(model, reason);
            else
                Need(artifact, reason);
        }

        foreach (var (device, artifact) in connection.Query<(string Device, string Artifact)>(
            """
            SELECT name, artifact FROM (
                SELECT device.name, deployment.artifact, row_number() OVER (PARTITION BY deployment.device_id ORDER BY ended_at DESC, deployment.rowid DESC) AS rank
                FROM deployment JOIN device ON device.device_id = deployment.device_id
                WHERE deployment.state = 'Running')
            WHERE rank <= @RollbackDepth AND artifact IS NOT NULL
            """, new { RollbackDepth }, transaction))
            Need(artifact, $"{device} may go back to it.");
        return new ArtifactNeeds(contents, models);

        void Need(string artifact, string reason)
        {
            if (JsonSerializer.Deserialize<ModelArtifact>(artifact) is { } known)
                contents.TryAdd(known.Sha256, reason);
        }
    }
}
