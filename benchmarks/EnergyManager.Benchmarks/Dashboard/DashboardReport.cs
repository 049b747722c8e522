using System.Globalization;
using System.Text;

namespace EnergyManager.Benchmarks.Dashboard;

/// <summary>The figures as Markdown, on the console as they come. The load of the machine stands beside each part.</summary>
internal sealed class DashboardReport(DashboardOptions options)
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public void Begin(string browser)
    {
        Row($"## {TimeProvider.System.GetUtcNow():yyyy-MM-dd}: {options.Devices} devices at 1 sample a second each");
        Line("");
        Row($"Chromium {browser} without a window or graphics processor, server, devices and browser on one machine with {Environment.ProcessorCount} processors. \"Load\" is the load average over a minute.");
    }

    public void BeginLoads() => Table(
        $"First content and interactive, medians of {options.Loads} loads (greatest in brackets)",
        "page | visit | first content, ms | interactive, ms | transferred, KB");

    public void Load(string page, IReadOnlyList<(PageLoad Cold, PageLoad Warm)> loads)
    {
        Visit("first", [.. loads.Select(l => l.Cold)]);
        Visit("again", [.. loads.Select(l => l.Warm)]);

        void Visit(string visit, IReadOnlyList<PageLoad> all) => Row(
            $"| `{page}` | {visit} | {Both(all.Select(l => l.ContentMs))} | {(all.All(l => l.InteractiveMs > 0) ? Both(all.Select(l => l.InteractiveMs)) : "–")} | {Quantile(all.Select(l => l.Bytes), 0.5) / 1000:0} |");
    }

    public void BeginViews() => Table(
        $"Work of an open page a second, over {options.Seconds} s",
        "view | main thread, ms | of that script, ms | of that styles and layout, ms | received, KB (decompressed) | messages");

    public void View(string view, PageWork work) => Row(
        $"| `{view}` | {work.TaskMs:0.0} | {work.ScriptMs:0.0} | {work.LayoutMs:0.0} | {work.Bytes / 1000:0.00} | {work.Frames:0.0} |");

    public void Latency(string view, IReadOnlyDictionary<string, IReadOnlyList<double>> milliseconds)
    {
        Table($"From sending a sample to its painting, {view}", "where | samples | p50, ms | p95, ms | greatest, ms");
        foreach (var (where, all) in milliseconds)
            Row($"| {where} | {all.Count} | {Quantile(all, 0.5):0} | {Quantile(all, 0.95):0} | {Quantile(all, 1):0} |");
    }

    public void BeginDashboards() => Table(
        $"Server with dashboards open: pages of one Chromium with small windows, each with a circuit of its own on the live view of a device of its own, over {options.Seconds} s each",
        "dashboards | server, ms of processor a second | more than none, for each, ms/s | resident, MB | more than none, for each, MB");

    public void NoDashboards((double Cores, long Bytes) none) => Row($"| 0 | {none.Cores * 1000:0} | | {none.Bytes / 1e6:0} | |");

    public void Dashboards(int count, (double Cores, long Bytes) use, (double Cores, long Bytes) none) => Row(
        $"| {count} | {use.Cores * 1000:0} | {(use.Cores - none.Cores) * 1000 / count:0.0} | {use.Bytes / 1e6:0} | {(use.Bytes - none.Bytes) / 1e6 / count:0.00} |");

    public void Live(int live, int open)
    {
        Line("");
        Row($"Circuits alive at the end: {live} of {open}.");
    }

    public void Memory(IReadOnlyList<MemoryPoint> points)
    {
        Table(
            $"Memory over {options.Minutes} min with these pages open in one browser, {points.Count} readings, those of heaps after a garbage collection",
            "figure | at the start | at the end | slope an hour | 95 % of it | flat");
        foreach (var page in points[0].Pages.Keys)
        {
            Slope($"{page}: JavaScript heap, MB", p => p.Pages[page].HeapBytes / 1e6);
            Slope($"{page}: nodes", p => p.Pages[page].Nodes);
            Slope($"{page}: listeners", p => p.Pages[page].Listeners);
        }

        Slope("server: managed heap, MB", p => p.ServerHeap / 1e6);
        Slope("server: resident, MB", p => p.ServerResident / 1e6);

        void Slope(string name, Func<MemoryPoint, double> figure)
        {
            var slope = MemorySlope.Fit([.. points.Select(p => (p.Hours, figure(p)))]);
            Row($"| {name} | {slope.First:0.00} | {slope.Last:0.00} | {slope.PerHour:+0.00;-0.00;0} | ± {slope.Margin:0.00} | {(slope.IsFlat ? "yes" : slope.PerHour < 0 ? "falls" : "grows")} |");
        }
    }

    public static string Interim(IReadOnlyList<MemoryPoint> points)
    {
        var server = MemorySlope.Fit([.. points.Select(p => (p.Hours, p.ServerHeap / 1e6))]);
        var pages = points[0].Pages.Keys.Select(page =>
        {
            var heap = MemorySlope.Fit([.. points.Select(p => (p.Hours, p.Pages[page].HeapBytes / 1e6))]);
            return string.Create(CultureInfo.InvariantCulture, $"{page} {heap.First:0.00} to {heap.Last:0.00} MB, {heap.PerHour:0.00} ± {heap.Margin:0.00} MB/h, {points[^1].Pages[page].Nodes:0} nodes (first {points[0].Pages[page].Nodes:0})");
        });
        return string.Create(CultureInfo.InvariantCulture,
            $"after {points[^1].Hours * 60:0.0} min: {string.Join("; ", pages)}; server holds {server.First:0.0} to {server.Last:0.0} MB, {server.PerHour:0.0} ± {server.Margin:0.0} MB/h");
    }

    public void Fleet(FakeFleet fleet)
    {
        Line("");
        Row($"The server took {fleet.Pushed} samples in all; {fleet.Failed} failed.");
    }

    private void Table(string title, string columns)
    {
        Line("");
        Row($"### {title}");
        Line("");
        Row($"Load {LoadAverage()}.");
        Line("");
        Row($"| {columns} |");
        Row($"|{string.Concat(Enumerable.Repeat("---|", columns.Split('|').Length))}");
    }

    private void Row(FormattableString line) => Line(line.ToString(CultureInfo.InvariantCulture));

    private void Line(string line)
    {
        _text.AppendLine(line);
        Console.WriteLine(line);
    }

    private static string Both(IEnumerable<double> values)
    {
        var all = values.ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{Quantile(all, 0.5):0} ({all.Max():0})");
    }

    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        var ordered = values.Order().ToList();
        return ordered.Count == 0 ? double.NaN : ordered[(int)Math.Ceiling(quantile * (ordered.Count - 1))];
    }

    // "13.46 8.83 7.05 2/1234 56789"
    private static string LoadAverage() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";
}
