using System.Globalization;
using System.Text.Json;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Devices;
using Xunit.Abstractions;

namespace EnergyManager.Tests.Core.Benchmarks;

public sealed class CuratedTableBuilderTests(ITestOutputHelper output) : IDisposable
{
    private const double GreatestExcludedShare = 0.05;
    private static readonly string[] Tables =
        ["devices/jetson-nano.csv", "devices/raspberry-pi-5.csv", "reference/architectures.csv", "reference/imagenet.csv"];

    private readonly string _folder = Directory.CreateTempSubdirectory("tables").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void WriteAll_MeasurementFiles_GivesTheCommittedTablesByteForByte()
    {
        var repository = RepositoryRoot();
        if (MeasurementData(repository) is not { } data)
        {
            output.WriteLine("No measurement files beside the repository: only the committed tables are checked.");
            foreach (var device in DeviceTypes.All)
                BenchmarkCatalog.Load(device).Rows.ShouldAllBe(r => r.Source.Length > 0 && r.Campaign.Length > 0);
            return;
        }

        output.WriteLine($"Rebuilding the tables from {data}.");
        var reports = CuratedTableBuilder.WriteAll(Directory.GetFiles(Path.Combine(data, "energy"), "*.csv"), Path.Combine(data, "timm"), _folder);

        foreach (var table in Tables)
            SameBytes(Path.Combine(_folder, table), Path.Combine(repository, "benchmarks", table));
        reports.Select(r => r.Device).ShouldBe(["jetson-nano", "raspberry-pi-5"], ignoreOrder: true);
        reports.ShouldAllBe(r => r.ExcludedShare <= GreatestExcludedShare);
    }

    [Fact]
    public void Audit_EachMeasurementFileAlone_ExcludesFewRowsAndSettlesTheOthersLikeTheTable()
    {
        if (MeasurementData(RepositoryRoot()) is not { } data)
        {
            output.WriteLine("No measurement files beside the repository: nothing to audit.");
            return;
        }

        foreach (var path in Directory.GetFiles(Path.Combine(data, "energy"), "*.csv"))
        {
            var device = CuratedTableBuilder.DeviceOf(path)!;
            var (rows, report) = new Auditor().Audit(device, BenchmarkReader.ReadFile(path));
            var table = BenchmarkCatalog.Load(device).Rows.ToLookup(r => (r.Model, Math.Round(r.RunEnergyMwh, 3)));
            output.WriteLine($"{Path.GetFileName(path)}: {report.RowsExcluded} of {report.RowsRead} excluded.");
            report.ExcludedShare.ShouldBeLessThanOrEqualTo(GreatestExcludedShare, path);
            foreach (var row in rows)
            {
                var settled = table[(row.Model, Math.Round(row.RunEnergyMwh, 3))].ShouldHaveSingleItem();
                (row.Batch, row.Inferences, row.LikelyInferences).ShouldBe((settled.Batch, settled.Inferences, settled.LikelyInferences), row.Model);
                row.RunDurationS.ShouldBe(settled.RunDurationS, 1e-3, row.Model);
            }
        }
    }

    [Fact]
    public void Datasheet_Counts_AreThoseOfTheTablesAndTheAudit()
    {
        var repository = RepositoryRoot();
        var datasheet = File.ReadAllLines(Path.Combine(repository, "benchmarks", "DATASHEET.md"));
        var (jetson, pi) = (BenchmarkCatalog.Load(DeviceTypes.JetsonNano).Rows, BenchmarkCatalog.Load(DeviceTypes.RaspberryPi5).Rows);

        datasheet.ShouldContain($"| rows in the table | {jetson.Count} | {pi.Count} |");
        datasheet.ShouldContain($"| architectures / families | {Groups(jetson)} | {Groups(pi)} |");
        datasheet.ShouldContain(
            $"| rows with a shown number of inferences | {jetson.Count(IsCounted)} ({jetson.Count(r => IsCounted(r) && r.Batch == 1)} of them at batch 1) | {pi.Count(IsCounted)} |");
        datasheet.ShouldContain($"| rows with a likely number only | {jetson.Count(r => r.LikelyInferences is not null)} | {pi.Count(r => r.LikelyInferences is not null)} |");
        datasheet.ShouldContain($"| average power, least / median / greatest (W) | {Watts(jetson)} | {Watts(pi)} |");
        foreach (var (device, rows) in new[] { ("jetson-nano", jetson), ("raspberry-pi-5", pi) })
        {
            foreach (var campaign in rows.GroupBy(r => r.Campaign))
                datasheet.ShouldContain($"| `{campaign.Key}` | {device} | {campaign.Count()} | {campaign.Count(IsCounted)} | {Watts(campaign)} |");
        }

        if (MeasurementData(repository) is not { } data)
        {
            output.WriteLine("No measurement files beside the repository: the counts by rule are not compared.");
            return;
        }

        var reports = CuratedTableBuilder.WriteAll(Directory.GetFiles(Path.Combine(data, "energy"), "*.csv"), Path.Combine(data, "timm"), _folder);
        var (first, second) = (reports.Single(r => r.Device == "jetson-nano"), reports.Single(r => r.Device == "raspberry-pi-5"));
        foreach (var rule in AuditRules.All)
        {
            var line = datasheet.Single(l => l.StartsWith($"| `{rule.Code}` |", StringComparison.Ordinal));
            line.Split('|')[^3..^1].Select(c => c.Trim()).ShouldBe([Counts(first, rule.Code), Counts(second, rule.Code)], rule.Code);
        }

        datasheet.ShouldContain($"| rows in the measurement files | {first.RowsRead} | {second.RowsRead} |");
        datasheet.ShouldContain($"| repeated in another file, taken once | {first.RowsRepeated} | {second.RowsRepeated} |");
        datasheet.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| excluded | {first.RowsExcluded} ({first.ExcludedShare * 100:0.0} %) | {second.RowsExcluded} |"));
    }

    private static bool IsCounted(BenchmarkRow row) => row is { Inferences: not null, Batch: not null };

    private static string Groups(IReadOnlyList<BenchmarkRow> rows) => $"{rows.DistinctBy(r => r.Architecture).Count()} / {rows.DistinctBy(r => r.Family).Count()}";

    private static string Watts(IEnumerable<BenchmarkRow> rows)
    {
        double[] watts = [.. rows.Select(r => r.AveragePower.Watts).Order()];
        var median = (watts[(watts.Length - 1) / 2] + watts[watts.Length / 2]) / 2;
        return string.Create(CultureInfo.InvariantCulture, $"{watts[0]:0.00} / {median:0.00} / {watts[^1]:0.00}");
    }

    private static string Counts(AuditReport report, string code)
    {
        var total = report.Totals.Single(t => t.Code == code);
        return string.Join(", ", new[] { (total.Repairs, "repaired"), (total.Findings, "found"), (total.Exclusions, "excluded") }
            .Where(c => c.Item1 > 0).Select(c => $"{c.Item1} {c.Item2}"));
    }

    [Fact]
    public void Build_SameFilesInAnotherOrder_GivesTheSameTables()
    {
        var (files, reference) = SmallSet();

        CuratedTableBuilder.WriteAll(files, reference, Path.Combine(_folder, "one"));
        CuratedTableBuilder.WriteAll([.. files.Reverse()], reference, Path.Combine(_folder, "two"));

        foreach (var table in Tables)
            File.ReadAllText(Path.Combine(_folder, "one", table)).ShouldBe(File.ReadAllText(Path.Combine(_folder, "two", table)));
        File.ReadAllText(Path.Combine(_folder, "one", "devices/jetson-nano.csv")).ShouldContain("resnet18,resnet18,resnet,fp32,11.69,1.82,44.68,224,224,1,500,11.6,21.4");
    }

    [Fact]
    public void WriteAll_OneUnusableFile_WritesNothing()
    {
        var (files, reference) = SmallSet();
        File.AppendAllText(files[0], "broken,x,1,1,1,3x224x224,500,1,1\n");

        Should.Throw<BenchmarkFileException>(() => CuratedTableBuilder.WriteAll(files, reference, Path.Combine(_folder, "out")))
            .Errors.ShouldHaveSingleItem().Column.ShouldBe("params_m");
        Directory.Exists(Path.Combine(_folder, "out")).ShouldBeFalse();
    }

    [Fact]
    public void WriteAll_FileNameWithoutABoard_SaysWhatItMustContain()
    {
        var (files, reference) = SmallSet();
        var unnamed = Path.Combine(_folder, "mine.csv");
        File.Copy(files[0], unnamed);

        Should.Throw<ArgumentException>(() => CuratedTableBuilder.WriteAll([unnamed], reference, _folder)).Message.ShouldContain("jetson");
    }

    [Fact]
    public void Report_AsJson_UsesSnakeCaseAndWords()
    {
        var (files, _) = SmallSet();
        var report = new Auditor().Audit(DeviceTypes.RaspberryPi5, BenchmarkReader.ReadFile(files[1])).Report;

        using var json = JsonDocument.Parse(JsonSerializer.Serialize(report, AuditJson.Default.AuditReport));

        json.RootElement.GetProperty("rows_kept").GetInt32().ShouldBe(1);
        var entry = json.RootElement.GetProperty("rows")[0].GetProperty("entries")[0];
        entry.GetProperty("code").GetString().ShouldBe("run-total");
        entry.GetProperty("verdict").GetString().ShouldBe("repair");
        entry.GetProperty("changes")[0].GetProperty("old_value").GetString().ShouldBe("81.689365");
    }

    // The first line that differs says more than an offset.
    private static void SameBytes(string built, string committed)
    {
        var (now, then) = (File.ReadAllLines(built), File.ReadAllLines(committed));
        var line = Array.FindIndex(now, l => Array.IndexOf(then, l) < 0);
        File.ReadAllBytes(built).AsSpan().SequenceEqual(File.ReadAllBytes(committed)).ShouldBeTrue(
            $"{committed} is not what the importer writes ({now.Length} lines, committed {then.Length}). First new line: {(line < 0 ? "none" : now[line])}");
    }

    private (string[] Files, string Reference) SmallSet()
    {
        var jetson = Path.Combine(_folder, "my_jetson.csv");
        File.WriteAllText(jetson, "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh\nresnet18,11.69,3.64,1.82,44.68,3x224x224,500,0.0232,21.4\n");
        var pi = Path.Combine(_folder, "my_rpi5.csv");
        File.WriteAllText(pi, "model,params_m,gmacs,size_mb,input_size,latency_avg_s,energy_avg_mwh\nresnet50.a1_in1k,25.557,4.134,97.79,3x224x224,81.689365,96.636745\n");
        const string Results = "model,infer_img_size,infer_samples_per_sec,infer_step_time,infer_batch_size,param_count,infer_gmacs,infer_macts\n";
        File.WriteAllText(Path.Combine(_folder, "benchmark-infer-fp32-nchw-pt240-cpu-i7_12700h-dynamo.csv"), Results + "resnet18,224,62.5,16,1,11.69,1.82,2.48\n");
        File.WriteAllText(Path.Combine(_folder, "benchmark-infer-amp-nchw-pt240-cu124-rtx3090.csv"), Results + "resnet18,224,\"5,000.0\",204.8,1024,11.69,1.82,2.48\n");
        File.WriteAllText(Path.Combine(_folder, "results-imagenet.csv"), "model,img_size,top1,top1_err,top5,top5_err,param_count,crop_pct,interpolation\nresnet18.a1_in1k,224,71.5,28.5,90.0,10.0,11.69,0.95,bicubic\n");
        return ([jetson, pi], _folder);
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EnergyManager.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests do not run below the repository.");
    }

    // The measurement files are not part of the repository; a checkout may have them in a folder beside it.
    private static string? MeasurementData(string repository)
    {
        for (var folder = new DirectoryInfo(repository).Parent; folder is not null; folder = folder.Parent)
        {
            var data = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(Path.Combine(data, "energy")) && Directory.Exists(Path.Combine(data, "timm")))
                return data;
        }

        return null;
    }
}
