using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

namespace EnergyManager.Web.Storage;

/// <summary>One numbered step of the schema: <c>0001_initial.sql</c>.</summary>
internal sealed record Migration(int Number, string Name, string Sql);

/// <summary>Brings a database to the schema of this program, one transaction a step, and never backwards.</summary>
internal static class Migrations
{
    /// <summary>The steps that are part of this program, in order.</summary>
    public static IReadOnlyList<Migration> Embedded()
    {
        var assembly = typeof(Migrations).Assembly;
        const string Folder = ".Storage.Migrations.";
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.Contains(Folder, StringComparison.Ordinal))
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                var file = name[(name.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..];
                return new Migration(int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture), file, reader.ReadToEnd());
            })
            .OrderBy(migration => migration.Number)];
    }

    /// <summary>Applies what is missing and returns how many steps that were.</summary>
    /// <exception cref="StartupException">The database is of a newer program.</exception>
    public static int Apply(SqliteConnection connection, IReadOnlyList<Migration> migrations)
    {
        connection.Execute("CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT");
        var known = migrations.Count == 0 ? 0 : migrations[^1].Number;
        var applied = 0;
        foreach (var migration in migrations)
        {
            // BEGIN IMMEDIATE: a second server that starts on the same file waits here and then finds the step done.
            using var transaction = connection.BeginTransaction(deferred: false);
            var present = connection.ExecuteScalar<int?>("SELECT MAX(number) FROM schema_version", transaction: transaction) ?? 0;
            if (present > known)
            {
                throw new StartupException(
                    $"The database {connection.DataSource} has schema {present}, this version knows {known}: start the newer version, or another data directory.");
            }

            if (migration.Number > present)
            {
                connection.Execute(migration.Sql, transaction: transaction);
                connection.Execute("INSERT INTO schema_version VALUES (@Number, @Name)", migration, transaction);
                applied++;
            }

            transaction.Commit();
        }

        return applied;
    }
}
