using Dapper;
using EnergyManager.Tests.Support;
using EnergyManager.Web;
using EnergyManager.Web.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace EnergyManager.Tests.Web.Storage;

public sealed class MigrationsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Embedded_Numbers_RiseFromOne()
    {
        var numbers = Migrations.Embedded().Select(migration => migration.Number).ToArray();
        numbers[0].ShouldBe(1);
        numbers.ShouldBe(numbers.Distinct().Order());
    }

    [Fact]
    public void Apply_Twice_DoesNothingTheSecondTime()
    {
        using var connection = Open();

        Migrations.Apply(connection, Migrations.Embedded()).ShouldBe(Migrations.Embedded().Count);
        Migrations.Apply(connection, Migrations.Embedded()).ShouldBe(0);
    }

    [Fact]
    public void Apply_NewStep_KeepsWhatIsThere()
    {
        using var connection = Open();
        Migration first = new(1, "0001_a.sql", "CREATE TABLE a (x INTEGER) STRICT");
        Migrations.Apply(connection, [first]);
        connection.Execute("INSERT INTO a VALUES (7)");

        Migrations.Apply(connection, [first, new(2, "0002_b.sql", "ALTER TABLE a ADD COLUMN y INTEGER DEFAULT 1")]).ShouldBe(1);

        connection.QuerySingle<(long, long)>("SELECT x, y FROM a").ShouldBe((7, 1));
    }

    [Fact]
    public void Apply_HostFiguresOnADatabaseFromBefore_StepsHaveNoneOfThem()
    {
        using var connection = Open();
        Migrations.Apply(connection, [Migrations.Embedded()[0]]);
        connection.Execute(
            """
            INSERT INTO device (key, device_id, name, device_type, first_seen) VALUES (1, 'old', 'old', 'jetson-nano', 0);
            INSERT INTO rollup VALUES (1, 60, 0, 1, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, NULL, 0, 0, 0, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0);
            """);

        Migrations.Apply(connection, Migrations.Embedded());

        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {RollupColumns.List} FROM rollup";
        using var reader = command.ExecuteReader();
        reader.Read().ShouldBeTrue();
        var point = RollupColumns.Read(reader).ToPoint(DateTimeOffset.UnixEpoch);
        point.CpuPercent.ShouldBe(5);
        point.GpuPercent.ShouldBeNull();
        point.Throttled.ShouldBeNull();
    }

    [Fact]
    public void Apply_StepThatFails_LeavesNothingOfItself()
    {
        using var connection = Open();

        Should.Throw<SqliteException>(() => Migrations.Apply(connection, [new(1, "0001_a.sql", "CREATE TABLE a (x INTEGER); INSERT INTO none VALUES (1)")]));

        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM sqlite_master WHERE name = 'a'").ShouldBe(0);
        connection.ExecuteScalar<long>("SELECT COUNT(*) FROM schema_version").ShouldBe(0);
    }

    [Fact]
    public void Database_OfANewerProgram_IsRefusedWithASentence()
    {
        var file = _directory["newer.db"];
        using (var database = new Database(file, NullLogger.Instance))
        using (var connection = database.Open())
            connection.Execute("INSERT INTO schema_version VALUES (9999, 'later')");

        var refusal = Should.Throw<StartupException>(() => new Database(file, NullLogger.Instance));

        refusal.Message.ShouldContain("9999");
        refusal.Message.ShouldContain("newer version");
    }

    [Fact]
    public void Database_FileThatIsNone_IsRefusedWithASentence()
    {
        File.WriteAllText(_directory["text.db"], new string('x', 5000));

        Should.Throw<StartupException>(() => new Database(_directory["text.db"], NullLogger.Instance)).Message.ShouldContain("text.db");
    }

    [Fact]
    public void DataFolder_New_IsForItsOwnerOnly()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = new DataFolder(Options.Create(new ManagerOptions { DataDirectory = _directory["deep/data"] }));

        File.GetUnixFileMode(folder.Root).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.GetUnixFileMode(folder.Folder("keys")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public void DataFolder_NothingConfigured_IsUnderTheUsersDataFolder()
    {
        var path = DataFolder.Resolve("");

        path.ShouldBe(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "energymanager"));
        path.ShouldNotStartWith(Environment.CurrentDirectory);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={_directory["plain.db"]};Pooling=False");
        connection.Open();
        return connection;
    }
}
