using Microsoft.Data.Sqlite;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>Looks into the server's database from outside. Only while the server runs: a look at what a killed one left would repair it.</summary>
internal sealed class ServerTable(string dataDirectory)
{
    /// <summary>Every stored sample, as often as it is stored.</summary>
    public List<SampleKey> Samples()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT boot.boot_id, sample.sequence FROM sample JOIN boot ON boot.key = sample.boot";
        using var reader = command.ExecuteReader();
        var keys = new List<SampleKey>();
        while (reader.Read())
            keys.Add(new SampleKey(Guid.Parse(reader.GetString(0)), reader.GetInt64(1)));
        return keys;
    }

    /// <summary>Whether a window that began after a moment is stored, where asked one in which a model ran.</summary>
    public bool HasSampleAfter(DateTimeOffset moment, bool inferring)
    {
        try
        {
            return Scalar(
                """
                SELECT EXISTS (SELECT 1 FROM sample WHERE time - duration_s * 1000 > $time AND ($inferring = 0 OR inferences > 0))
                """,
                ("$time", moment.ToUnixTimeMilliseconds()), ("$inferring", inferring ? 1 : 0)) == 1;
        }
        catch (SqliteException)
        {
            // There is no database yet, or the server that starts has it for itself.
            return false;
        }
    }

    /// <summary>Samples that the one-minute steps have counted.</summary>
    public long RolledUp() => Scalar("SELECT coalesce(sum(samples), 0) FROM rollup WHERE width = 60");

    /// <summary>What SQLite finds wrong with the file, or <c>ok</c>.</summary>
    public string Integrity()
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA integrity_check";
        return (string)command.ExecuteScalar()!;
    }

    private long Scalar(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return (long)command.ExecuteScalar()!;
    }

    private SqliteConnection Open()
    {
        var file = Directory.EnumerateFiles(dataDirectory, "*.db").SingleOrDefault() ?? Path.Combine(dataDirectory, "none.db");
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = file, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        return connection;
    }
}
