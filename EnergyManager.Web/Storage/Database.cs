using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>The SQLite file: migrated when this is constructed, then a source of open connections.</summary>
internal sealed class Database : IDisposable
{
    private readonly string _connectionString;

    public Database(DataFolder folder, ILogger<Database> logger)
        : this(folder.DatabaseFile, logger)
    {
    }

    public Database(string file, ILogger logger)
    {
        File = file;
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, Pooling = true }.ToString();
        try
        {
            using var connection = OpenRaw();
            // Before the first table, as it decides the layout of the file: without it deleted rows never give space back.
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
            Execute(connection, "PRAGMA journal_mode = WAL");
            var applied = Migrations.Apply(connection, Migrations.Embedded());
            if (applied > 0)
                logger.LogInformation("Database {File}: {Applied} migrations applied", file, applied);
        }
        catch (SqliteException e)
        {
            Dispose();
            throw new StartupException($"The database {file} cannot be opened: {e.Message}.", e);
        }
    }

    /// <summary>Path of the database file.</summary>
    public string File { get; }

    /// <summary>
    /// An open connection from the pool. Commits reach the disk before they return (synchronous = FULL): agents forget what
    /// was acknowledged, so an acknowledged sample must outlive a power cut of the server.
    /// </summary>
    public SqliteConnection Open()
    {
        var connection = OpenRaw();
        Execute(connection, "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
        return connection;
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
    }

    private SqliteConnection OpenRaw()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
