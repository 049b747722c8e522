using System.Text.Json;
using EnergyManager.Tests.Core.Boards;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Cli;

namespace EnergyManager.Tests.Web.Cli;

public sealed class BoardCommandsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public BoardCommandsTests()
    {
        TrainedPredictor.CopyTo(_directory["data"]);
        File.WriteAllText(_directory["my.csv"], OwnBoardRows.Csv(OwnBoardRows.Take(6)));
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Train_OwnCsv_KeepsTheBoardUntilItIsForgotten()
    {
        using var trained = await JsonAsync("predictor", "train", "--device", "My_Board", "--csv", _directory["my.csv"], "--name", "My Board", "--max-power", "40");
        trained.RootElement.GetProperty("id").GetString().ShouldBe("my-board");
        trained.RootElement.GetProperty("replaced").GetBoolean().ShouldBeFalse();
        trained.RootElement.GetProperty("max_power_w").GetDouble().ShouldBe(40);
        trained.RootElement.GetProperty("power_limits").GetString()!.ShouldContain("minimum derived");
        trained.RootElement.GetProperty("audit").GetProperty("rows_kept").GetInt32().ShouldBe(6);
        trained.RootElement.GetProperty("model_kind").GetString()!.ShouldContain("few-shot");
        File.Exists(trained.RootElement.GetProperty("model").GetProperty("path").GetString()).ShouldBeTrue();
        trained.RootElement.GetProperty("restart_needed").GetBoolean().ShouldBeTrue();

        using var boards = await JsonAsync("predictor", "boards");
        var own = boards.RootElement.GetProperty("boards").EnumerateArray().Single(b => b.GetProperty("own").GetBoolean());
        (own.GetProperty("id").GetString(), own.GetProperty("name").GetString(), own.GetProperty("rows").GetInt32()).ShouldBe(("my-board", "My Board", 6));

        // It is a device type for the other commands too, and is trained again with all of them.
        using var retrained = await JsonAsync("predictor", "train", "--device", "my-board");
        retrained.RootElement[0].GetProperty("device").GetString().ShouldBe("my-board");
        using var evaluated = await JsonAsync("predictor", "evaluate", "--device", "my-board", "--csv", _directory["my.csv"]);
        evaluated.RootElement.GetProperty("rows").GetInt32().ShouldBe(6);
        (await RunAsync("devices", "enrol", "bench", "--type", "my-board")).Exit.ShouldBe(0);
        (await RunAsync("benchmarks", "audit", _directory["my.csv"], "--device", "my-board")).Exit.ShouldBe(0);

        using var forgotten = await JsonAsync("predictor", "forget", "my-board");
        forgotten.RootElement.GetProperty("forgotten").GetString().ShouldBe("my-board");
        Directory.GetFiles(_directory["data"], "*my-board*", SearchOption.AllDirectories).ShouldBeEmpty();
        (await RunAsync("predictor", "forget", "my-board")).Error.ShouldContain("my-board");
    }

    [Fact]
    public async Task Train_OwnCsvAgain_KeepsTheNameAndSaysThatItReplaced()
    {
        (await RunAsync("predictor", "train", "-d", "my-board", "--csv", _directory["my.csv"], "--name", "My Board")).Exit.ShouldBe(0);
        var (exit, output, error) = await RunAsync("predictor", "train", "-d", "my-board", "--csv", _directory["my.csv"], "--min-power", "2", "--max-power", "40");
        exit.ShouldBe(0, error);
        output.ShouldContain("Replaced: my-board (My Board)");
        output.ShouldContain("6 rows read, 0 repeated, 0 excluded, 6 kept, 0 with something to know");
        output.ShouldContain("Power: 2 W to 40 W, given");
        output.ShouldContain("restart");
    }

    [Fact]
    public async Task Train_OwnCsvOfManyRows_GetsAModelOfItsOwn()
    {
        await File.WriteAllTextAsync(_directory["many.csv"], OwnBoardRows.Csv(OwnBoardRows.Take(30)));
        using var trained = await JsonAsync("predictor", "train", "--device", "my-board", "--csv", _directory["many.csv"], "--min-power", "2", "--max-power", "40");
        trained.RootElement.GetProperty("model_kind").GetString().ShouldBe("model of its own");
        trained.RootElement.GetProperty("model").GetProperty("rows").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task Train_RowsWithoutACount_NeedToBeToldIt()
    {
        var uncounted = OwnBoardRows.Take(6).Select(row => row with { Inferences = null, LikelyInferences = null, Campaign = "" });
        await File.WriteAllTextAsync(_directory["uncounted.csv"], OwnBoardRows.Csv([.. uncounted]));
        string[] train = ["predictor", "train", "--device", "my-board", "--csv", _directory["uncounted.csv"], "--min-power", "2", "--max-power", "40"];

        (await RunAsync(train)).Error.ShouldContain("--inferences");
        using var trained = await JsonAsync([.. train, "--inferences", "500"]);
        trained.RootElement.GetProperty("model").GetProperty("rows").GetInt32().ShouldBe(6);
        (await RunAsync([.. train, "--inferences", "0"])).Error.ShouldContain("--inferences");
    }

    [Theory]
    [InlineData("--device ../escape --csv my.csv", "board id")]
    [InlineData("--device rpi5 --csv my.csv", "device type of the product")]
    [InlineData("--csv my.csv", "--device is needed")]
    [InlineData("--device my-board --csv missing.csv", "missing.csv")]
    [InlineData("--device my-board --csv two.csv", "3 with one are needed")]
    [InlineData("--device my-board --csv bad.csv", "gmacs")]
    [InlineData("--device my-board --csv my.csv --min-power 30 --max-power 40", "power-envelope")]
    [InlineData("--device my-board --csv my.csv --min-power 30 --max-power 3", "--min-power")]
    [InlineData("--device my-board --csv my.csv --min-power -3", "--min-power")]
    [InlineData("--device my-board", "my-board")]
    [InlineData("--name Board", "--csv")]
    public async Task Train_Mistake_IsOneLineAndNothingIsKept(string arguments, string expected)
    {
        await File.WriteAllTextAsync(_directory["two.csv"], OwnBoardRows.Csv(OwnBoardRows.Take(2)));
        await File.WriteAllTextAsync(_directory["bad.csv"], "model,params_m\nresnet18,11.7\n");

        string[] words = [.. arguments.Split(' ').Select(word => word.EndsWith(".csv", StringComparison.Ordinal) ? _directory[word] : word)];
        var (exit, output, error) = await RunAsync(["predictor", "train", .. words]);

        exit.ShouldNotBe(0);
        output.ShouldBeEmpty();
        error.TrimEnd().Split('\n').Length.ShouldBe(1, error);
        error.ShouldContain(expected);
        Directory.Exists(Path.Combine(_directory["data"], "boards")).ShouldBeFalse();
    }

    [Fact]
    public async Task Train_OneBoardOverTheCap_IsRefusedWithTheWayOut()
    {
        const string Cap = "--EnergyManager:Caps:OwnBoards=1";
        (await RunAsync("predictor", "train", "-d", "my-board", "--csv", _directory["my.csv"], Cap)).Exit.ShouldBe(0);
        var (exit, _, error) = await RunAsync("predictor", "train", "-d", "second", "--csv", _directory["my.csv"], Cap);
        exit.ShouldBe(1);
        error.ShouldContain("predictor forget");
        Directory.GetFiles(Path.Combine(_directory["data"], "boards"), "second*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Boards_DamagedFile_IsNamedAndCanBeForgotten()
    {
        (await RunAsync("predictor", "train", "-d", "my-board", "--csv", _directory["my.csv"])).Exit.ShouldBe(0);
        await File.WriteAllTextAsync(Path.Combine(_directory["data"], "boards", "my-board.json"), "{");

        var (exit, output, _) = await RunAsync("predictor", "boards");
        exit.ShouldBe(0);
        output.ShouldContain("boards/my-board.json");
        (await RunAsync("predictor", "forget", "my-board")).Exit.ShouldBe(0);
        Directory.GetFiles(Path.Combine(_directory["data"], "boards")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Evaluate_FewShot_PredictsABoardOfTheProductFromAFewOfItsRows()
    {
        using var report = await JsonAsync("predictor", "evaluate", "--few-shot", "--device", "rpi5");
        var results = report.RootElement.GetProperty("results").EnumerateArray().ToArray();
        results.Select(r => r.GetProperty("rows").GetInt32()).ShouldBe([3, 5, 10, 20, 40]);
        foreach (var result in results)
        {
            (result.GetProperty("new_board").GetString(), result.GetProperty("nearest_board").GetString()).ShouldBe(("raspberry-pi-5", "jetson-nano"));
            var measured = result.GetProperty("measured");
            measured.GetProperty("few_shot").GetDouble().ShouldBeLessThan(measured.GetProperty("base").GetDouble());
            measured.GetProperty("few_shot").GetDouble().ShouldBeLessThan(measured.GetProperty("constant").GetDouble());
            result.GetProperty("measured_coverage90").GetDouble().ShouldBeInRange(0.8, 1);
        }
    }

    [Theory]
    [InlineData("--csv my.csv")]
    [InlineData("--static")]
    public async Task Evaluate_FewShotWithAnOptionOfTheOthers_IsRefused(string other)
    {
        var (exit, _, error) = await RunAsync(["predictor", "evaluate", "--few-shot", .. other.Split(' ')]);
        exit.ShouldBe(1);
        error.ShouldContain("--few-shot");
    }

    private async Task<JsonDocument> JsonAsync(params string[] args)
    {
        var (exit, output, error) = await RunAsync([.. args, "--json"]);
        exit.ShouldBe(0, error);
        return JsonDocument.Parse(output);
    }

    private async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var console = new CliConsole(TextReader.Null, output, error, isInputRedirected: true);
        var exit = await CommandLine.RunAsync([.. args, $"--EnergyManager:DataDirectory={_directory["data"]}"], console, CancellationToken.None);
        return (exit, output.ToString(), error.ToString());
    }
}
