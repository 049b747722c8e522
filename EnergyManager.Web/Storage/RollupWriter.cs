using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Telemetry;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>Adds the samples of one transaction to the steps that they fall into.</summary>
internal sealed class RollupWriter(SqliteConnection connection, SqliteTransaction transaction)
{
    private static readonly RollupWidth[] Widths = [RollupWidth.Minute, RollupWidth.Hour];

    private readonly Dictionary<(long Device, RollupWidth Width, long Start), TelemetryAggregate> _steps = [];

    public void Add(long device, TelemetrySample sample)
    {
        var time = sample.Time.ToUnixTimeMilliseconds();
        foreach (var width in Widths)
        {
            var length = (long)width * 1000;
            var key = (device, width, time - (time % length));
            if (!_steps.TryGetValue(key, out var step))
                _steps[key] = step = Stored(key) ?? new TelemetryAggregate();
            step.Add(sample);
        }
    }

    /// <summary>Writes every step that was touched.</summary>
    public void Flush()
    {
        if (_steps.Count == 0)
            return;
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            $"INSERT OR REPLACE INTO rollup (device, width, {RollupColumns.List}) VALUES (@device, @width, {RollupColumns.Parameters})";
        foreach (var (key, step) in _steps)
        {
            command.Parameters.Clear();
            command.Parameters.AddWithValue("@device", key.Device);
            command.Parameters.AddWithValue("@width", (int)key.Width);
            RollupColumns.Bind(command, key.Start, step);
            command.ExecuteNonQuery();
        }
    }

    private TelemetryAggregate? Stored((long Device, RollupWidth Width, long Start) key)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {RollupColumns.List} FROM rollup WHERE device = @device AND width = @width AND start = @start";
        command.Parameters.AddWithValue("@device", key.Device);
        command.Parameters.AddWithValue("@width", (int)key.Width);
        command.Parameters.AddWithValue("@start", key.Start);
        using var reader = command.ExecuteReader();
        return reader.Read() ? RollupColumns.Read(reader) : null;
    }
}
