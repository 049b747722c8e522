using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace EnergyManager.Benchmarks.Load;

/// <summary>Requests per second of the endpoints that matter, beside a bare JSON endpoint of the same server in the same run.</summary>
internal static class HttpLoad
{
    private static readonly Target[] Targets =
    [
        new("bare JSON", "/api/version", null),
        // The server remembers predictions: one target repeats a body, the other sends a new one each time.
        new("predict, same", "/api/predict-energy", _ => Prediction(0)),
        new("predict, new", "/api/predict-energy", Prediction),
        new("models/all", "/api/models/all", null),
    ];

    private static byte[] Prediction(long number) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"params_m":{{5 + (number / 1e6)}},"gflops":1.5,"gmacs":0.75,"size_mb":20.0,"latency_avg_s":0.05,"throughput_iter_per_s":20.0}"""));

    public static async Task<int> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = options.Connections };
        using var http = new HttpClient(handler) { BaseAddress = options.Server };
        var rates = Targets.ToDictionary(t => t.Name, _ => new List<Result>());

        foreach (var target in Targets)
            await MeasureAsync(http, target, options.Connections, TimeSpan.FromSeconds(1), cancellationToken);
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var target in Targets)
                rates[target.Name].Add(await MeasureAsync(http, target, options.Connections, options.Duration, cancellationToken));
        }

        Console.WriteLine($"{options.Connections} connections, {options.Rounds} rounds of {options.Duration.TotalSeconds:0} s, medians over the rounds");
        Console.WriteLine($"{"endpoint",-16}{"requests/s",12}{"of bare",10}{"p50 ms",10}{"p99 ms",10}{"errors",8}{"KiB each",10}");
        var bare = Median(rates[Targets[0].Name].Select(r => r.RequestsPerSecond));
        foreach (var (name, results) in rates)
        {
            var rate = Median(results.Select(r => r.RequestsPerSecond));
            Console.WriteLine(
                $"{name,-16}{rate,12:0}{rate / bare,10:0.00}{Median(results.Select(r => r.P50Ms)),10:0.00}{Median(results.Select(r => r.P99Ms)),10:0.00}"
                + $"{results.Sum(r => r.Errors),8}{results[0].BytesEach / 1024,10:0.0}");
        }

        return rates.Values.SelectMany(r => r).Any(r => r.Errors > 0) ? 1 : 0;
    }

    private static async Task<Result> MeasureAsync(HttpClient http, Target target, int connections, TimeSpan duration, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var workers = await Task.WhenAll(Enumerable.Range(0, connections).Select(worker => Task.Run(
            () => WorkAsync(http, target, worker * 100_000L, started, duration, cancellationToken), cancellationToken)));
        var elapsed = Stopwatch.GetElapsedTime(started);
        var latencies = workers.SelectMany(w => w.Latencies).Order().ToList();
        return new Result(
            latencies.Count / elapsed.TotalSeconds, Quantile(latencies, 0.5), Quantile(latencies, 0.99), workers.Sum(w => w.Errors), workers[0].BytesEach);
    }

    private static async Task<(List<double> Latencies, int Errors, double BytesEach)> WorkAsync(
        HttpClient http, Target target, long number, long started, TimeSpan duration, CancellationToken cancellationToken)
    {
        var latencies = new List<double>(16_384);
        var errors = 0;
        var bytes = 0d;
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var sent = Stopwatch.GetTimestamp();
            using var request = new HttpRequestMessage(target.Body is null ? HttpMethod.Get : HttpMethod.Post, target.Path);
            if (target.Body is not null)
                request.Content = new ByteArrayContent(target.Body(number++)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await http.SendAsync(request, cancellationToken);
            bytes = (await response.Content.ReadAsByteArrayAsync(cancellationToken)).Length;
            if (!response.IsSuccessStatusCode)
                errors++;
            latencies.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return (latencies, errors, bytes);
    }

    private static double Quantile(List<double> ordered, double quantile) =>
        ordered.Count == 0 ? double.NaN : ordered[(int)(quantile * (ordered.Count - 1))];

    private static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    private sealed record Target(string Name, string Path, Func<long, byte[]>? Body);

    private sealed record Result(double RequestsPerSecond, double P50Ms, double P99Ms, int Errors, double BytesEach);
}
