using EnergyManager.Core.Contracts;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Telemetry;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Storage;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Fleet;

/// <summary>An agent's connection.</summary>
/// <param name="Id">Identifier of the connection.</param>
/// <param name="RemoteAddress">Address that it comes from.</param>
/// <param name="Abort">Ends it.</param>
internal sealed record AgentConnection(string Id, string? RemoteAddress, Action Abort);

/// <summary>
/// Devices in memory, loaded from the store at the start and written back when they say something new. A device has one
/// connection: when it connects again, the newest wins and the one before is ended (it is usually dead and not noticed yet).
/// </summary>
internal sealed class DeviceRegistry : IDeviceFleet
{
    private readonly SqliteDeviceStore _store;
    private readonly TimeProvider _time;
    private readonly int _cap;
    private readonly Subscribers<string> _subscribers;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _devices = new(StringComparer.Ordinal);

    public DeviceRegistry(SqliteDeviceStore store, IOptions<ManagerOptions> options, TimeProvider time, ILogger<DeviceRegistry> logger)
    {
        _store = store;
        _time = time;
        _cap = options.Value.Caps.Devices;
        _subscribers = new Subscribers<string>(logger);
        foreach (var record in store.All())
            _devices[record.DeviceId] = new Entry { Record = record };
    }

    public IReadOnlyList<DeviceView> List()
    {
        lock (_gate)
        {
            return [.. _devices.Values.Select(View)
                .OrderBy(device => device.Name, StringComparer.OrdinalIgnoreCase).ThenBy(device => device.DeviceId, StringComparer.Ordinal)];
        }
    }

    public DeviceView? Find(string deviceId)
    {
        lock (_gate)
            return _devices.TryGetValue(deviceId, out var entry) ? View(entry) : null;
    }

    public DeviceView? FindByAddress(string address)
    {
        lock (_gate)
        {
            return _devices.Values.Select(View)
                .Where(device => device.Addresses.Contains(address, StringComparer.OrdinalIgnoreCase))
                .OrderByDescending(device => device.Online).ThenByDescending(device => device.LastSeen)
                .FirstOrDefault();
        }
    }

    public IDisposable Subscribe(Action<string> changed) => _subscribers.Add(changed);

    /// <summary>Adds a device that has not connected yet.</summary>
    /// <exception cref="FleetFullException">As many devices as the cap allows are known.</exception>
    public void Enrol(string deviceId, string name, string deviceType, string? balenaUuid = null)
    {
        lock (_gate)
        {
            RefuseOverCap(deviceId);
            var entry = new Entry { Record = new DeviceRecord { DeviceId = deviceId, Name = name, DeviceType = deviceType, BalenaUuid = balenaUuid } };
            _store.Save(entry.Record, _time.GetUtcNow());
            _devices[deviceId] = entry;
        }

        _subscribers.Notify(deviceId);
    }

    /// <summary>Removes a device and ends its connection. Its telemetry goes with it.</summary>
    public void Remove(string deviceId)
    {
        AgentConnection? connection;
        lock (_gate)
        {
            connection = _devices.Remove(deviceId, out var entry) ? entry.Connection : null;
            _store.Remove(deviceId);
        }

        connection?.Abort();
        _subscribers.Notify(deviceId);
    }

    /// <summary>Takes in what another process did to the devices of the store.</summary>
    /// <returns>The devices that it removed.</returns>
    public IReadOnlyList<string> Synchronize()
    {
        List<string> removed, added;
        List<AgentConnection> ended = [];
        lock (_gate)
        {
            var stored = _store.Ids();
            removed = [.. _devices.Keys.Where(id => !stored.Contains(id))];
            added = [.. stored.Where(id => !_devices.ContainsKey(id))];
            foreach (var id in removed)
            {
                if (_devices.Remove(id, out var entry) && entry.Connection is { } connection)
                    ended.Add(connection);
            }

            foreach (var id in added)
            {
                if (_store.Find(id) is { } record)
                    _devices[id] = new Entry { Record = record };
            }
        }

        foreach (var connection in ended)
            connection.Abort();
        foreach (var id in removed.Concat(added))
            _subscribers.Notify(id);
        return removed;
    }

    /// <summary>A device connected and said who it is.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="hello">What it said.</param>
    /// <param name="takesOwnName">Whether it is called what it calls itself; else the name of its enrolment stays.</param>
    /// <param name="connection">Its connection.</param>
    /// <exception cref="FleetFullException">As many devices as the cap allows are known.</exception>
    public void Connect(string deviceId, AgentHello hello, bool takesOwnName, AgentConnection connection)
    {
        AgentConnection? before;
        lock (_gate)
        {
            RefuseOverCap(deviceId);
            if (!_devices.TryGetValue(deviceId, out var entry))
            {
                // The command line enrols devices in a process of its own: the store may know one that came since the start.
                var record = _store.Find(deviceId) ?? new DeviceRecord { DeviceId = deviceId, Name = hello.Name, DeviceType = hello.DeviceType };
                _devices[deviceId] = entry = new Entry { Record = record };
            }

            entry.Record = entry.Record with
            {
                Name = takesOwnName ? hello.Name : entry.Record.Name,
                // An agent that cannot tell its board does not overrule whoever enrolled it.
                DeviceType = hello.DeviceType == DeviceTypes.GenericLinuxId ? entry.Record.DeviceType : hello.DeviceType,
                Platform = hello.Platform,
                AgentVersion = hello.AgentVersion,
                Addresses = hello.Addresses,
                Sensors = hello.Sensors,
                RunningModel = hello.Running?.Model,
                RunningDeploymentId = hello.Running?.DeploymentId,
                BalenaUuid = BalenaUuid.Normalise(hello.BalenaDeviceUuid) ?? entry.Record.BalenaUuid,
                LastSeen = _time.GetUtcNow(),
            };
            before = entry.Connection?.Id == connection.Id ? null : entry.Connection;
            entry.Connection = connection;
            entry.MemoryBytes = hello.MemoryBytes;
            entry.OnlineSince = _time.GetUtcNow();
            if (entry.BootId != hello.BootId)
                entry.NewestSequence = 0;
            entry.BootId = hello.BootId;
            _store.Save(entry.Record, _time.GetUtcNow());
        }

        before?.Abort();
        _subscribers.Notify(deviceId);
    }

    /// <summary>A connection ended. Nothing happens when the device has a newer one.</summary>
    public void Disconnect(string deviceId, string connectionId)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue(deviceId, out var entry) || entry.Connection?.Id != connectionId)
                return;
            entry.Connection = null;
            _store.Update(entry.Record);
        }

        _subscribers.Notify(deviceId);
    }

    /// <summary>Telemetry came: the device is alive, and what it infers with is what it runs.</summary>
    /// <param name="deviceId">Device.</param>
    /// <param name="newest">The newest of the samples that came. One of an earlier boot, or behind one that came before, is a buffered one and says nothing of now.</param>
    public void Seen(string deviceId, TelemetrySample newest)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue(deviceId, out var entry))
                return;
            var current = newest.BootId == entry.BootId && newest.Sequence > entry.NewestSequence;
            if (current)
                entry.NewestSequence = newest.Sequence;
            var (model, deployment) = current
                ? (newest.Inference?.Model, newest.Inference?.DeploymentId)
                : (entry.Record.RunningModel, entry.Record.RunningDeploymentId);
            var changed = !string.Equals(model, entry.Record.RunningModel, StringComparison.Ordinal)
                || !string.Equals(deployment, entry.Record.RunningDeploymentId, StringComparison.Ordinal);
            entry.Record = entry.Record with { LastSeen = _time.GetUtcNow(), RunningModel = model, RunningDeploymentId = deployment };
            if (!changed)
                return;
            _store.Update(entry.Record);
        }

        _subscribers.Notify(deviceId);
    }

    /// <summary>Whether a deployment to the device is under way.</summary>
    public void SetDeploying(string deviceId, bool deploying)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue(deviceId, out var entry) || entry.Deploying == deploying)
                return;
            entry.Deploying = deploying;
        }

        _subscribers.Notify(deviceId);
    }

    /// <summary>What measured figures of the device are beyond what was predicted.</summary>
    public void SetWarnings(string deviceId, IReadOnlyList<DriftWarning> warnings)
    {
        lock (_gate)
        {
            if (!_devices.TryGetValue(deviceId, out var entry))
                return;
            entry.Warnings = warnings;
        }

        _subscribers.Notify(deviceId);
    }

    /// <summary>The connection of a device, or <c>null</c> when it is offline.</summary>
    public AgentConnection? ConnectionOf(string deviceId)
    {
        lock (_gate)
            return _devices.GetValueOrDefault(deviceId)?.Connection;
    }

    /// <summary>When the device connected, or <c>null</c> when it is offline.</summary>
    public DateTimeOffset? OnlineSince(string deviceId)
    {
        lock (_gate)
            return _devices.GetValueOrDefault(deviceId) is { Connection: not null } entry ? entry.OnlineSince : null;
    }

    /// <summary>Devices that are connected now.</summary>
    public IReadOnlyList<string> Connected()
    {
        lock (_gate)
            return [.. _devices.Values.Where(entry => entry.Connection is not null).Select(entry => entry.Record.DeviceId)];
    }

    /// <summary>Writes when each device was last seen, which telemetry changes too often to write each time.</summary>
    public void SaveLastSeen()
    {
        DeviceRecord[] online;
        lock (_gate)
            online = [.. _devices.Values.Where(entry => entry.Connection is not null).Select(entry => entry.Record)];
        foreach (var record in online)
            _store.Update(record);
    }

    private void RefuseOverCap(string deviceId)
    {
        if (_devices.Count >= _cap && !_devices.ContainsKey(deviceId))
            throw new FleetFullException($"{_cap} devices are known already (cap EnergyManager:Caps:Devices).");
    }

    private static DeviceView View(Entry entry)
    {
        var record = entry.Record;
        var online = entry.Connection is not null;
        var remote = entry.Connection?.RemoteAddress;
        var addresses = remote is null || record.Addresses.Contains(remote) ? record.Addresses : [remote, .. record.Addresses];
        return new DeviceView
        {
            DeviceId = record.DeviceId,
            Name = record.Name,
            DeviceType = record.DeviceType,
            Address = remote ?? (record.Addresses.Count > 0 ? record.Addresses[0] : null),
            Addresses = addresses,
            Online = online,
            State = !online ? "offline" : entry.Deploying ? "deploying" : record.RunningModel is not null ? "running" : "idle",
            Model = record.RunningModel,
            DeploymentId = record.RunningDeploymentId,
            OnlineSince = online ? entry.OnlineSince : null,
            LastSeen = record.LastSeen,
            Warnings = entry.Warnings,
            Sensors = record.Sensors,
            Platform = record.Platform,
            MemoryMb = entry.MemoryBytes / 1e6,
            AgentVersion = record.AgentVersion,
            BalenaUuid = record.BalenaUuid,
        };
    }

    private sealed class Entry
    {
        public required DeviceRecord Record { get; set; }
        public AgentConnection? Connection { get; set; }
        public DateTimeOffset OnlineSince { get; set; }
        public Guid BootId { get; set; }
        public long? MemoryBytes { get; set; }

        /// <summary>Highest sequence seen of that boot.</summary>
        public long NewestSequence { get; set; }

        public bool Deploying { get; set; }
        public IReadOnlyList<DriftWarning> Warnings { get; set; } = [];
    }
}

/// <summary>No more devices can be known.</summary>
internal sealed class FleetFullException(string message) : Exception(message);
