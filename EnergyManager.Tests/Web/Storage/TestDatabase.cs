using EnergyManager.Tests.Support;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace EnergyManager.Tests.Web.Storage;

/// <summary>A database file of its own with one device, <c>bench</c>.</summary>
internal sealed class TestDatabase : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public TestDatabase()
    {
        Database = new Database(_directory["test.db"], NullLogger.Instance);
        new SqliteDeviceStore(Database).Save(
            new DeviceRecord { DeviceId = "bench", Name = "bench", DeviceType = "jetson-nano" }, DateTimeOffset.UnixEpoch);
    }

    public Database Database { get; }

    public SqliteTelemetryStore Telemetry => new(Database);

    public void Dispose()
    {
        Database.Dispose();
        _directory.Dispose();
    }
}
