using System.Diagnostics;
using System.Text.Json;
using EnergyManager.Core.Contracts;
using EnergyManager.Core.Telemetry;
using EnergyManager.Core.Units;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>
/// Devices that speak the agents' protocol over connections of their own, one sample a second each, spread over the second.
/// The temperature of a sample says which one it is, so that what a page shows can be followed back to when it was sent.
/// </summary>
internal sealed class FakeFleet(Uri server) : IAsyncDisposable
{
    // Temperatures from 20 to 79 °C: a sample that is shown within a minute cannot be taken for another.
    private const int Marks = 60;
    private const int FirstMark = 20;

    private readonly List<HubConnection> _connections = [];
    private readonly List<string> _devices = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly double[] _sent = new double[Marks];
    private Task _streaming = Task.CompletedTask;
    private long _pushed;
    private long _failed;

    /// <summary>Samples that the server has taken.</summary>
    public long Pushed => Interlocked.Read(ref _pushed);

    /// <summary>Samples that it has not.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Identifiers of the devices.</summary>
    public IReadOnlyList<string> Devices => _devices;

    /// <summary>Identifier of the device that is watched.</summary>
    public string FirstDevice => _devices[0];

    /// <summary>Connects the devices, then streams until disposed.</summary>
    public async Task StartAsync(int devices, CancellationToken cancellationToken)
    {
        var boots = new List<Guid>();
        for (var i = 0; i < devices; i++)
        {
            var connection = new HubConnectionBuilder()
                .WithUrl(new Uri(server, AgentProtocol.HubPath))
                .AddJsonProtocol(json => json.PayloadSerializerOptions = new JsonSerializerOptions(ContractJson.Default.Options))
                .Build();
            _connections.Add(connection);
            boots.Add(Guid.NewGuid());
            await connection.StartAsync(cancellationToken);
            var welcome = await connection.InvokeAsync<ServerWelcome>(AgentProtocol.Hello, Hello(boots[i], i), cancellationToken);
            if (!welcome.Accepted)
                throw new InvalidOperationException($"The server refused device {i}: {welcome.Refusal}");
            _devices.Add(welcome.DeviceId);
        }

        _streaming = Task.WhenAll(_connections.Select((connection, i) => Task.Run(() => StreamAsync(connection, boots[i], i), CancellationToken.None)));
    }

    /// <summary>When the first device sent the newest sample with a temperature, in milliseconds of Unix time, or <c>null</c>.</summary>
    public double? SentAt(int celsius)
    {
        var mark = celsius - FirstMark;
        if (mark is < 0 or >= Marks)
            return null;
        var sent = Volatile.Read(ref _sent[mark]);
        return sent > 0 ? sent : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _streaming.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var connection in _connections)
            await connection.DisposeAsync();
        _stop.Dispose();
    }

    private async Task StreamAsync(HubConnection connection, Guid boot, int device)
    {
        var token = _stop.Token;
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(device * 997 % 1000), token);
            using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
            for (var sequence = 1L; await second.WaitForNextTickAsync(token); sequence++)
            {
                var now = TimeProvider.System.GetUtcNow();
                if (device == 0)
                    Volatile.Write(ref _sent[sequence % Marks], (now - DateTimeOffset.UnixEpoch).TotalMilliseconds);
                await PushAsync(connection, Sample(boot, sequence, device, now), token);
            }
        }
        catch (OperationCanceledException)
        {
            // The measurement is over.
        }
    }

    private async Task PushAsync(HubConnection connection, TelemetrySample sample, CancellationToken cancellationToken)
    {
        try
        {
            var ack = await connection.InvokeAsync<TelemetryAck>(AgentProtocol.PushTelemetry, new TelemetryBatch([sample]), cancellationToken);
            Interlocked.Add(ref _pushed, ack.Accepted);
            Interlocked.Add(ref _failed, ack.Rejected);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Interlocked.Increment(ref _failed);
            Debug.WriteLine(e);
        }
    }

    private static TelemetrySample Sample(Guid boot, long sequence, int device, DateTimeOffset time)
    {
        var wave = Math.Sin((sequence + device) / 9.0);
        return new TelemetrySample
        {
            BootId = boot,
            Sequence = sequence,
            Time = time,
            DurationS = 1,
            CpuPercent = 45 + (30 * wave),
            RamPercent = 60 + (5 * wave),
            StoragePercent = 40,
            TemperatureC = FirstMark + (sequence % Marks),
            Power = new PowerWindow(4 + wave, 3.5 + wave, 4.5 + wave, 4 + wave, 10, Provenance.Measured("ina219")),
            Inference = new InferenceWindow("squeezenet1_1", null, 5, 0, 42 + wave, 55 + wave, null),
        };
    }

    private static AgentHello Hello(Guid boot, int device) => new()
    {
        ProtocolVersion = AgentProtocol.Version,
        BootId = boot,
        AgentVersion = "1.0",
        Name = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"device-{device:000}"),
        DeviceType = "jetson-nano",
        Platform = "simulated",
        Sensors = [new SensorInfo("cpu", true, null), new SensorInfo("power:ina219", true, null)],
        ExecutableFormats = [".onnx"],
    };
}
