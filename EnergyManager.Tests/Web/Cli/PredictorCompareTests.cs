using System.Globalization;
using System.Text.Json;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Devices;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Cli;

namespace EnergyManager.Tests.Web.Cli;

public sealed class PredictorCompareTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    [Fact]
    public async Task Compare_File_ShowsEveryModelUnderTheAskedProtocol()
    {
        var (exit, output, error) = await RunAsync("--csv", CuratedFile(rows: 60), "--group", "family", "--repeats", "1", "--json");

        exit.ShouldBe(0, error);
        using var json = JsonDocument.Parse(output);
        var result = json.RootElement.EnumerateArray().ShouldHaveSingleItem();
        result.GetProperty("table").GetString().ShouldBe("raspberry-part");
        result.GetProperty("device").GetString().ShouldBe("raspberry-pi-5", "the file's name says so");
        result.GetProperty("rows").GetInt32().ShouldBe(60);
        result.GetProperty("protocol").GetString().ShouldBe("family");

        var models = result.GetProperty("models").EnumerateArray()
            .ToLookup(m => m.GetProperty("name").GetString()!, m => (Setting: m.GetProperty("setting").GetString(), Mape: m.GetProperty("mape").GetDouble()));
        foreach (var alone in (string[])["EnergyManager", "a line through MACs", "constant power x time"])
            models[alone].ShouldHaveSingleItem().Setting.ShouldBe("as_it_is");
        foreach (var learner in (string[])["linear regression", "ridge", "random forest", "extra trees", "gradient boosting", "regularised boosting", "neural network"])
            models[learner].Select(m => m.Setting).ShouldBe(["published", "physical"], ignoreOrder: true, learner);
        models["EnergyManager"].Single().Mape.ShouldBeInRange(0.01, 0.25);
        // Power times a known duration is the easier question, for a learner of whatever kind.
        models["extra trees"].Single(m => m.Setting == "physical").Mape.ShouldBeLessThan(models["extra trees"].Single(m => m.Setting == "published").Mape);
    }

    [Fact]
    public async Task Compare_ForPeople_IsATablePerProtocol()
    {
        var (exit, output, error) = await RunAsync("--csv", CuratedFile(rows: 24), "--repeats", "1");

        exit.ShouldBe(0, error);
        foreach (var shown in (string[])["24 rows, random", "24 rows, architecture", "24 rows, family", "EnergyManager", "constant power x time", "neural network"])
            output.ShouldContain(shown);
    }

    [Fact]
    public async Task Compare_Folds_AreWrittenWithEveryColumnThatAPeerNeeds()
    {
        var (exit, _, error) = await RunAsync("--csv", RawFile(), "--group", "random", "--repeats", "2", "--folds", _directory["folds"], "--json");

        exit.ShouldBe(0, error);
        Directory.GetFiles(_directory["folds"]).Select(Path.GetFileName).ShouldBe(["raw.random.csv"]);
        var lines = await File.ReadAllLinesAsync(Path.Combine(_directory["folds"], "raw.random.csv"));
        var columns = lines[0].Split(',');
        var rows = lines[1..].Select(line => columns.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second)).ToArray();

        rows.Length.ShouldBe(24);
        // As published: latency times the stated count, 2 GFLOPs a GMAC as the file has them, throughput from latency.
        var row = rows[2];
        row["model"].ShouldBe("resnet3");
        Number(row, "run_energy_mwh").ShouldBe(5);
        Number(row, "run_duration_s").ShouldBe(0.06 * 100, 1e-12);
        Number(row, "log_power_w").ShouldBe(Math.Log(5 * 3.6 / 6), 1e-12);
        Number(row, "published_params_m").ShouldBe(3);
        Number(row, "published_gflops").ShouldBe(3);
        Number(row, "published_gmacs").ShouldBe(1.5);
        Number(row, "published_size_mb").ShouldBe(12);
        Number(row, "published_latency_avg_s").ShouldBe(0.06);
        Number(row, "published_throughput_iter_per_s").ShouldBe(1 / 0.06, 1e-9);
        Number(row, "published_params_per_gflop").ShouldBe(1, 1e-12);
        Number(row, "published_latency_times_size").ShouldBe(0.72, 1e-12);
        Number(row, "feature_log_params_m").ShouldBe(Math.Log(3), 1e-12);
        row["feature_log_activations_m"].ShouldBeEmpty("the file does not tell them");
        foreach (var repeat in (string[])["1", "2"])
        {
            rows.CountBy(r => r["fold_" + repeat]).Select(fold => fold.Value).Order().ShouldBe([4, 5, 5, 5, 5]);
            rows.ShouldAllBe(r => Number(r, "predicted_" + repeat) > 0);
        }
        rows.Select(r => r["fold_1"]).ShouldNotBe(rows.Select(r => r["fold_2"]));
    }

    [Theory]
    [InlineData("--repeats 0", "--repeats", 2)]
    [InlineData("--group nothing", "nothing", 2)]
    [InlineData("--csv /no/such/file.csv", "file.csv", 1)]
    [InlineData("--device toaster", "toaster", 1)]
    public async Task Compare_Mistake_IsNamed(string arguments, string named, int exitCode)
    {
        var (exit, output, error) = await RunAsync(arguments.Split(' '));

        exit.ShouldBe(exitCode);
        output.ShouldBeEmpty();
        error.ShouldContain(named);
    }

    [Fact]
    public async Task Compare_TooFewRows_IsRefusedAndWritesNothing()
    {
        var (exit, _, error) = await RunAsync("--csv", CuratedFile(rows: 8), "--folds", _directory["folds"]);

        exit.ShouldBe(1);
        error.ShouldContain("8 rows");
        Directory.Exists(_directory["folds"]).ShouldBeFalse();
    }

    public void Dispose() => _directory.Dispose();

    private static double Number(Dictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);

    /// <summary>Every so many rows of the shipped table, in the curated schema.</summary>
    private string CuratedFile(int rows)
    {
        var all = BenchmarkCatalog.Load(DeviceTypes.RaspberryPi5).Rows;
        using var text = new StreamWriter(_directory["raspberry-part.csv"]);
        CuratedTableWriter.Write(text, Enumerable.Range(0, rows).Select(i => all[i * all.Count / rows]));
        return _directory["raspberry-part.csv"];
    }

    private string RawFile()
    {
        File.WriteAllLines(_directory["raw.csv"],
        [
            "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh",
            .. Enumerable.Range(1, 24).Select(i => string.Create(
                CultureInfo.InvariantCulture, $"resnet{i},{i},{i},{i / 2.0},{4 * i},3x224x224,100,{i / 50.0},{i + 2}")),
        ]);
        return _directory["raw.csv"];
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var console = new CliConsole(TextReader.Null, output, error, isInputRedirected: true);
        var exit = await CommandLine.RunAsync(
            ["predictor", "compare", .. args, $"--EnergyManager:DataDirectory={_directory["data"]}"], console, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }
}
