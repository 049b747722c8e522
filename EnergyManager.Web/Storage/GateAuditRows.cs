using Dapper;
using EnergyManager.Web.Deployment;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>Decisions of the energy gate in their table.</summary>
internal static class GateAuditRows
{
    public static void Add(SqliteConnection connection, SqliteTransaction transaction, GateAudit gate, int cap)
    {
        connection.Execute(
            """
            INSERT INTO gate_decision (time, requested_by, device_id, model, verdict, message, predicted_mwh, predicted_source, calibrated, budget_mwh, deployment_id)
            VALUES (@time, @RequestedBy, @DeviceId, @Model, @Verdict, @Message, @mwh, @source, @Calibrated, @BudgetMwh, @DeploymentId)
            """,
            new
            {
                time = gate.Time.ToUnixTimeMilliseconds(),
                gate.RequestedBy,
                gate.DeviceId,
                gate.Model,
                gate.Verdict,
                gate.Message,
                mwh = gate.PredictedEnergy?.Mwh,
                source = gate.PredictedEnergy?.Provenance,
                gate.Calibrated,
                gate.BudgetMwh,
                gate.DeploymentId,
            },
            transaction);
        connection.Execute("DELETE FROM gate_decision WHERE number <= (SELECT MAX(number) FROM gate_decision) - @cap", new { cap }, transaction);
    }

    public static GateAudit? Of(SqliteConnection connection, string deploymentId) =>
        Read(connection, "WHERE deployment_id = @deploymentId", new { deploymentId }).FirstOrDefault();

    /// <summary>Newest first.</summary>
    public static IReadOnlyList<GateAudit> List(SqliteConnection connection, string? deviceId, int limit) =>
        Read(connection, "WHERE @deviceId IS NULL OR device_id = @deviceId ORDER BY number DESC LIMIT @limit", new { deviceId, limit });

    private static List<GateAudit> Read(SqliteConnection connection, string where, object parameters) =>
        [.. connection.Query<Row>($"SELECT * FROM gate_decision {where}", parameters).Select(row => new GateAudit
        {
            Time = DateTimeOffset.FromUnixTimeMilliseconds(row.time),
            RequestedBy = row.requested_by,
            DeviceId = row.device_id,
            Model = row.model,
            Verdict = row.verdict,
            Message = row.message,
            PredictedEnergy = DeploymentRecord.Energy(row.predicted_mwh, row.predicted_source),
            Calibrated = row.calibrated != 0,
            BudgetMwh = row.budget_mwh,
            DeploymentId = row.deployment_id,
        })];

    // Column names as they are in the table.
    private sealed class Row
    {
        public long time { get; set; }
        public string requested_by { get; set; } = "";
        public string device_id { get; set; } = "";
        public string model { get; set; } = "";
        public string verdict { get; set; } = "";
        public string message { get; set; } = "";
        public double? predicted_mwh { get; set; }
        public string? predicted_source { get; set; }
        public long calibrated { get; set; }
        public double? budget_mwh { get; set; }
        public string? deployment_id { get; set; }
    }
}
