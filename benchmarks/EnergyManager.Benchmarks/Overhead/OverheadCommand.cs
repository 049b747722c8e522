using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace EnergyManager.Benchmarks.Overhead;

/// <summary><c>overhead</c>: what agents cost that have nothing to do but to watch, beside others that watch a machine.</summary>
internal sealed class OverheadCommand(OverheadOptions options) : IAsyncDisposable
{
    private const double PowerRateHz = 250;

    private readonly string _directory = Directory.CreateTempSubdirectory("energymanager-overhead-").FullName;
    private readonly List<Subject> _subjects = [];
    private readonly List<Task> _helpers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private Subject? _server;

    /// <summary>Runs the command.</summary>
    /// <returns>0, or 1 when a subject ended before its time.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken)
    {
        await using var command = new OverheadCommand(OverheadOptions.Parse(args));
        return await command.RunAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_helpers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var subject in _subjects)
            await subject.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
        _http.Dispose();
        _stop.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var address = options.Server ? await StartServerAsync(cancellationToken) : new Uri("http://127.0.0.1:9");
        foreach (var agent in options.Agents.Count > 0 ? options.Agents : [Built("AgentOutput", "EnergyManager.Agent.dll")])
        {
            StartAgent(agent, address, sysRoot: null);
            if (options.Power)
                StartAgent(agent, address, StartSensor());
        }
        if (options.NodeExporter)
            StartNodeExporter();
        if (options.Netdata)
            StartNetdata();

        Console.WriteLine($"{options.WarmUp.TotalSeconds:0} s of warm-up, then {options.Duration.TotalSeconds:0} s that count.");
        await Task.Delay(options.WarmUp, cancellationToken);
        await MeasureAsync(cancellationToken);
        Print();
        return _subjects.Exists(s => s.HasExited) ? 1 : 0;
    }

    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            var now = Stopwatch.GetElapsedTime(start).TotalSeconds;
            var use = ProcessTree.Read([.. _subjects.Select(s => s.Id)]);
            foreach (var subject in _subjects)
            {
                if (subject.HasExited)
                    throw new InvalidOperationException($"{subject.Label} ended before its time:{Environment.NewLine}{string.Join(Environment.NewLine, File.ReadLines(subject.Log).TakeLast(10))}");
                subject.Series.Add(now, use[subject.Id]);
            }
        }
        while (Stopwatch.GetElapsedTime(start) < options.Duration && await timer.WaitForNextTickAsync(cancellationToken));
        if (options.Csv is { } csv)
        {
            await File.WriteAllLinesAsync(
                csv,
                _subjects.SelectMany(s => s.Series.Samples.Select(p => string.Create(
                    CultureInfo.InvariantCulture, $"{s.Label},{p.TimeS:0.000},{p.Use.CpuSeconds:0.00},{p.Use.ResidentBytes},{p.Use.Threads},{p.Use.Processes}")))
                    .Prepend("subject,time_s,cpu_s,resident_bytes,threads,processes"),
                cancellationToken);
        }
    }

    private void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| subject | CPU mean | CPU median / p95 / max of 10 s | RSS median / p95 / max MB | slope KB/h | PSS MB | private MB | threads | processes |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var subject in _subjects)
        {
            var cpu = subject.Series.CpuPercent();
            var resident = subject.Series.ResidentMb();
            var (proportional, own) = ProcessTree.ReadShares(subject.Id);
            var last = subject.Series.Samples[^1].Use;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {subject.Label} | {subject.Series.MeanCpuPercent:0.00} % | {UseSeries.Percentile(cpu, 0.5):0.0} / {UseSeries.Percentile(cpu, 0.95):0.0} / {UseSeries.Percentile(cpu, 1):0.0} % | {UseSeries.Percentile(resident, 0.5):0.0} / {UseSeries.Percentile(resident, 0.95):0.0} / {UseSeries.Percentile(resident, 1):0.0} | {subject.Series.SlopeKbPerHour():0} | {proportional / 1e6:0.0} | {own / 1e6:0.0} | {last.Threads} | {last.Processes} |"));
        }
    }

    private async Task<Uri> StartServerAsync(CancellationToken cancellationToken)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        _server = Subject.StartProduct(
            "server",
            Built("WebOutput", "EnergyManager.Web.dll"),
            ["--urls", address.ToString()],
            Path.Combine(_directory, "server.log"),
            new Dictionary<string, string>
            {
                ["EnergyManager__DataDirectory"] = Path.Combine(_directory, "server"),
                ["EnergyManager__ModelStore"] = Directory.CreateDirectory(Path.Combine(_directory, "model_store")).FullName,
            });
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await _http.GetAsync(new Uri(address, "/api/health"), cancellationToken);
                return address;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(start) < TimeSpan.FromMinutes(2) && !_server.HasExited)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    private void StartAgent(string file, Uri server, string? sysRoot)
    {
        var form = file.EndsWith(".dll", StringComparison.Ordinal) ? "assembly" : "native";
        var label = sysRoot is null ? $"agent ({form})" : $"agent ({form}), power at {PowerRateHz:0} Hz";
        var name = $"overhead-{_subjects.Count}";
        _subjects.Add(Subject.StartProduct(
            label,
            file,
            [],
            Path.Combine(_directory, $"{name}.log"),
            new Dictionary<string, string>
            {
                ["EnergyManager__Agent__Server"] = server.ToString(),
                ["EnergyManager__Agent__Name"] = name,
                ["EnergyManager__Agent__DataDirectory"] = Path.Combine(_directory, name),
                ["EnergyManager__Agent__LocalApi__Port"] = FreePort().ToString(CultureInfo.InvariantCulture),
                ["EnergyManager__Agent__Power__SampleRateHz"] = PowerRateHz.ToString(CultureInfo.InvariantCulture),
                ["EnergyManager__Agent__SysRoot"] = sysRoot ?? "/sys",
            }));
    }

    private string StartSensor()
    {
        var sensor = new SimulatedIna219(Path.Combine(_directory, $"sys-{_subjects.Count}"));
        _helpers.Add(Task.Run(() => sensor.RunAsync(_stop.Token)));
        return sensor.Root;
    }

    private void StartNodeExporter()
    {
        var port = FreePort();
        _subjects.Add(Subject.Start(
            "prometheus-node-exporter asked at 1 Hz",
            "prometheus-node-exporter",
            [$"--web.listen-address=127.0.0.1:{port}"],
            Path.Combine(_directory, "node-exporter.log")));
        _helpers.Add(Task.Run(() => ScrapeAsync(new Uri($"http://127.0.0.1:{port}/metrics"))));
    }

    private async Task ScrapeAsync(Uri address)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                await _http.GetByteArrayAsync(address, _stop.Token);
            }
            catch (HttpRequestException)
            {
                // Not up yet; an exporter that has ended fails the run.
            }
        }
    }

    /// <summary>Debian's settings, but on loopback, with directories of this run, and without reports to its makers.</summary>
    private void StartNetdata()
    {
        var home = Directory.CreateDirectory(Path.Combine(_directory, "netdata")).FullName;
        foreach (var part in (string[])["cache", "lib", "log"])
            Directory.CreateDirectory(Path.Combine(home, part));
        var settings = Path.Combine(home, "netdata.conf");
        File.WriteAllText(settings, $"""
            [global]
                run as user = {Environment.UserName}
            [directories]
                cache = {home}/cache
                lib = {home}/lib
                log = {home}/log
            [web]
                bind to = 127.0.0.1
                default port = {FreePort()}
            """);
        File.WriteAllText(Path.Combine(home, "lib", ".opt-out-from-anonymous-statistics"), "");
        _subjects.Add(Subject.Start(
            "netdata", "netdata", ["-D", "-c", settings], Path.Combine(_directory, "netdata.log"), new Dictionary<string, string> { ["DISABLE_TELEMETRY"] = "1", ["DO_NOT_TRACK"] = "1" }));
    }

    private static string Built(string key, string file) => Path.Combine(
        typeof(OverheadCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!, file);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
