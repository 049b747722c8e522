using System.Globalization;
using System.Text.Json;
using Dapper;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Web.Deployment;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>Deployments, their steps, and the desired states that follow from them. Every change is one transaction.</summary>
internal sealed class SqliteDeploymentStore(Database database, SqliteDeviceStore devices)
{
    internal const string Unsettled = "state NOT IN ('Running', 'Failed', 'RolledBack', 'Cancelled')";

    /// <summary>Adds a deployment and cancels what was under way for its device, unless it has failed already.</summary>
    /// <returns>The deployments that were cancelled.</returns>
    public IReadOnlyList<DeploymentRecord> Add(DeploymentRecord record, string message, int cap, int gateCap = int.MaxValue)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var cancelled = DeploymentTransitions.IsSettled(record.State)
            ? []
            : Read(connection, $"WHERE device_id = @DeviceId AND {Unsettled}", record, transaction);
        foreach (var older in cancelled)
        {
            Change(connection, transaction, older with
            {
                State = DeploymentState.Cancelled,
                Reason = $"Superseded by the deployment of {record.Model}.",
                ChangedAt = record.RequestedAt,
            });
        }

        connection.Execute(
            """
            INSERT INTO deployment (deployment_id, device_id, model, state, reason, requested_by, requested_at, changed_at, ended_at, budget_mwh, overridden,
                predicted_mwh, predicted_source, artifact, rolls_back, retry_of)
            VALUES (@DeploymentId, @DeviceId, @Model, @state, @Reason, @RequestedBy, @requestedAt, @requestedAt, @endedAt, @BudgetMwh, @Override,
                @predictedMwh, @predictedSource, @artifact, @RollsBack, @RetryOf)
            """,
            new
            {
                record.DeploymentId,
                record.DeviceId,
                record.Model,
                state = record.State.ToString(),
                record.RequestedBy,
                requestedAt = record.RequestedAt.ToUnixTimeMilliseconds(),
                record.Reason,
                endedAt = record.EndedAt?.ToUnixTimeMilliseconds(),
                record.BudgetMwh,
                record.Override,
                predictedMwh = record.Predicted?.Mwh,
                predictedSource = record.Predicted?.Provenance,
                artifact = Json(record.Artifact),
                record.RollsBack,
                record.RetryOf,
            },
            transaction);
        if (record.Gate is { } gate)
            GateAuditRows.Add(connection, transaction, gate, gateCap);
        AddStep(connection, transaction, record.DeploymentId, record.RequestedAt, record.State, message);
        // A device's desired state and what can be rolled back to are among the newest; the settled rest has a cap.
        connection.Execute(
            $"DELETE FROM deployment WHERE NOT ({Unsettled}) AND deployment_id IN (SELECT deployment_id FROM deployment ORDER BY requested_at DESC, rowid DESC LIMIT -1 OFFSET @cap)",
            new { cap }, transaction);
        transaction.Commit();
        return [.. cancelled.Select(older => Find(older.DeploymentId)!)];
    }

    /// <summary>
    /// Changes a deployment if the table of transitions allows it. The change gets the record as it is now, within the
    /// transaction, and gives it back with its new state, or <c>null</c> to leave it.
    /// </summary>
    /// <returns>The changed deployment, or <c>null</c> when nothing was changed.</returns>
    public DeploymentRecord? Change(string deploymentId, Func<DeploymentRecord, DeploymentRecord?> change, string? message = null)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var current = Read(connection, "WHERE deployment_id = @deploymentId", new { deploymentId }, transaction).SingleOrDefault();
        if (current is null || change(current) is not { } changed || !DeploymentTransitions.Allows(current.State, changed.State))
            return null;
        Change(connection, transaction, changed, message, isStep: changed.State != current.State || message is not null);
        transaction.Commit();
        return Find(deploymentId);
    }

    /// <summary>Enters Offered and writes the device's desired state with it, so that the two never disagree.</summary>
    public (DeploymentRecord Record, DesiredState Desired)? Offer(string deploymentId, ModelArtifact artifact, DesiredModel model, DateTimeOffset now)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        var current = Read(connection, "WHERE deployment_id = @deploymentId", new { deploymentId }, transaction).SingleOrDefault();
        if (current is null || current.State == DeploymentState.Offered || !DeploymentTransitions.Allows(current.State, DeploymentState.Offered))
            return null;
        Change(connection, transaction, current with { State = DeploymentState.Offered, Artifact = artifact, ChangedAt = now },
            string.Create(
                CultureInfo.InvariantCulture,
                $"{artifact.FileName} ({artifact.SizeBytes:N0} bytes, SHA-256 {artifact.Sha256[..Math.Min(12, artifact.Sha256.Length)]}...) is offered to the device."));
        var desired = devices.SetDesired(current.DeviceId, model, connection, transaction);
        transaction.Commit();
        return (Find(deploymentId)!, desired);
    }

    public DeploymentRecord? Find(string deploymentId)
    {
        using var connection = database.Open();
        var record = Read(connection, "WHERE deployment_id = @deploymentId", new { deploymentId }).SingleOrDefault();
        return record is null ? null : WithHistory(connection, record);
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<DeploymentRecord> List(string? deviceId, int limit)
    {
        using var connection = database.Open();
        var records = Read(
            connection,
            "WHERE @deviceId IS NULL OR device_id = @deviceId ORDER BY requested_at DESC, rowid DESC LIMIT @limit",
            new { deviceId, limit });
        return [.. records.Select(record => WithHistory(connection, record))];
    }

    /// <summary>A page of what is asked for, newest first, and how many there are in all.</summary>
    public (IReadOnlyList<DeploymentRecord> Rows, int Total) Search(DeploymentSearch search)
    {
        const string Where = """
            WHERE (@DeviceId IS NULL OR device_id = @DeviceId) AND (@Model = '' OR instr(lower(model), lower(@Model)) > 0)
                AND (@anyState OR state IN @states)
            """;
        using var connection = database.Open();
        var asked = new
        {
            search.DeviceId,
            Model = search.Model.Trim(),
            anyState = search.States.Count == 0,
            states = search.States.Select(state => state.ToString()).ToArray(),
            search.Limit,
            search.Offset,
        };
        var total = connection.ExecuteScalar<int>($"SELECT COUNT(*) FROM deployment {Where}", asked);
        var rows = Read(connection, $"{Where} ORDER BY requested_at DESC, rowid DESC LIMIT @Limit OFFSET @Offset", asked);
        return ([.. rows.Select(record => WithHistory(connection, record))], total);
    }

    /// <summary>Deployments that are under way, oldest first.</summary>
    public IReadOnlyList<DeploymentRecord> UnderWay(string? deviceId = null)
    {
        using var connection = database.Open();
        return Read(connection, $"WHERE {Unsettled} AND (@deviceId IS NULL OR device_id = @deviceId) ORDER BY requested_at, rowid", new { deviceId });
    }

    /// <summary>Deployments of a device that ended well and were not taken back, newest end first.</summary>
    public IReadOnlyList<DeploymentRecord> Good(string deviceId)
    {
        using var connection = database.Open();
        return Read(connection, "WHERE device_id = @deviceId AND state = 'Running' ORDER BY ended_at DESC, rowid DESC LIMIT 20", new { deviceId });
    }

    /// <summary>Keeps a decision of the energy gate that no deployment followed.</summary>
    public void AddRefusal(GateAudit gate, int cap)
    {
        using var connection = database.Open();
        using var transaction = connection.BeginTransaction(deferred: false);
        GateAuditRows.Add(connection, transaction, gate, cap);
        transaction.Commit();
    }

    /// <summary>Decisions of the energy gate, newest first.</summary>
    public IReadOnlyList<GateAudit> Audit(string? deviceId, int limit)
    {
        using var connection = database.Open();
        return GateAuditRows.List(connection, deviceId, limit);
    }

    private static void Change(SqliteConnection connection, SqliteTransaction transaction, DeploymentRecord record, string? message = null, bool isStep = true)
    {
        var ended = record.EndedAt ?? (DeploymentTransitions.IsSettled(record.State) ? record.ChangedAt : null);
        connection.Execute(
            """
            UPDATE deployment SET state = @state, reason = @Reason, changed_at = @changedAt, ended_at = @endedAt, artifact = @artifact,
                measured_mwh = @measuredMwh, measured_source = @measuredSource, downloaded_bytes = @DownloadedBytes
            WHERE deployment_id = @DeploymentId
            """,
            new
            {
                record.DeploymentId,
                state = record.State.ToString(),
                record.Reason,
                changedAt = record.ChangedAt.ToUnixTimeMilliseconds(),
                endedAt = ended?.ToUnixTimeMilliseconds(),
                artifact = Json(record.Artifact),
                measuredMwh = record.Measured?.Mwh,
                measuredSource = record.Measured?.Provenance,
                record.DownloadedBytes,
            },
            transaction);
        if (isStep)
            AddStep(connection, transaction, record.DeploymentId, record.ChangedAt, record.State, message ?? record.Reason);
    }

    private static void AddStep(
        SqliteConnection connection, SqliteTransaction transaction, string deploymentId, DateTimeOffset time, DeploymentState state, string? message) =>
        connection.Execute(
            """
            INSERT INTO deployment_step (deployment_id, number, time, state, message)
            VALUES (@deploymentId, (SELECT COALESCE(MAX(number), 0) + 1 FROM deployment_step WHERE deployment_id = @deploymentId), @time, @state, @message)
            """,
            new { deploymentId, time = time.ToUnixTimeMilliseconds(), state = state.ToString(), message }, transaction);

    private static List<DeploymentRecord> Read(SqliteConnection connection, string where, object parameters, SqliteTransaction? transaction = null) =>
        [.. connection.Query<Row>($"SELECT * FROM deployment {where}", parameters, transaction).Select(row => new DeploymentRecord
        {
            DeploymentId = row.deployment_id,
            DeviceId = row.device_id,
            Model = row.model,
            State = Enum.Parse<DeploymentState>(row.state),
            Reason = row.reason,
            RequestedBy = row.requested_by,
            RequestedAt = Time(row.requested_at),
            ChangedAt = Time(row.changed_at),
            EndedAt = row.ended_at is { } ended ? Time(ended) : null,
            BudgetMwh = row.budget_mwh,
            Override = row.overridden != 0,
            Predicted = DeploymentRecord.Energy(row.predicted_mwh, row.predicted_source),
            Measured = DeploymentRecord.Energy(row.measured_mwh, row.measured_source),
            Artifact = row.artifact is null ? null : JsonSerializer.Deserialize<ModelArtifact>(row.artifact),
            DownloadedBytes = row.downloaded_bytes,
            RollsBack = row.rolls_back,
            RetryOf = row.retry_of,
        })];

    private static DeploymentRecord WithHistory(SqliteConnection connection, DeploymentRecord record) => record with
    {
        Gate = GateAuditRows.Of(connection, record.DeploymentId),
        History = [.. connection.Query<(long Time, string State, string? Message)>(
                "SELECT time, state, message FROM deployment_step WHERE deployment_id = @DeploymentId ORDER BY number", record)
            .Select(step => new DeploymentStep(Time(step.Time), Enum.Parse<DeploymentState>(step.State), step.Message))],
    };

    private static string? Json(ModelArtifact? artifact) => artifact is null ? null : JsonSerializer.Serialize(artifact);

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    // Column names as they are in the table.
    private sealed class Row
    {
        public string deployment_id { get; set; } = "";
        public string device_id { get; set; } = "";
        public string model { get; set; } = "";
        public string state { get; set; } = "";
        public string? reason { get; set; }
        public string requested_by { get; set; } = "";
        public long requested_at { get; set; }
        public long changed_at { get; set; }
        public long? ended_at { get; set; }
        public double? budget_mwh { get; set; }
        public long overridden { get; set; }
        public double? predicted_mwh { get; set; }
        public string? predicted_source { get; set; }
        public double? measured_mwh { get; set; }
        public string? measured_source { get; set; }
        public string? artifact { get; set; }
        public long? downloaded_bytes { get; set; }
        public string? rolls_back { get; set; }
        public string? retry_of { get; set; }
    }
}
