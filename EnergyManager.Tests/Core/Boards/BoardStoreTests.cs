using EnergyManager.Core.Boards;
using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Boards;

public sealed class BoardStoreTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly BoardStore _store;

    public BoardStoreTests() => _store = new BoardStore(_directory["boards"]);

    private string Json => Path.Combine(_directory["boards"], "my-board.json");

    private string Csv => Path.Combine(_directory["boards"], "my-board.csv");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_NothingKept_IsEmptyAndCreatesNothing()
    {
        var boards = _store.Load();
        boards.Boards.ShouldBeEmpty();
        boards.Problems.ShouldBeEmpty();
        Directory.Exists(_directory["boards"]).ShouldBeFalse();
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameBoard()
    {
        var kept = Save();

        var boards = _store.Load();
        boards.Problems.ShouldBeEmpty();
        var board = boards.Boards.ShouldHaveSingleItem();
        board.Device.ShouldBe(OwnBoardRows.Device);
        board.Table.Sha256.ShouldBe(kept.Table.Sha256);
        board.Table.Rows.ShouldBe(kept.Table.Rows);
        (board.PowerLimits, board.Source).ShouldBe(("given", "my.csv"));
        boards.TableOf(OwnBoardRows.Device).ShouldBeSameAs(board.Table);
        boards.TableOf(DeviceTypes.JetsonNano).Device.ShouldBe(DeviceTypes.JetsonNano);
        Directory.GetFiles(_directory["boards"]).Length.ShouldBe(2);
    }

    [Fact]
    public void Save_Again_ReplacesTheBoard()
    {
        Save();
        _store.Save(OwnBoardRows.Device with { Name = "Renamed" }, OwnBoardRows.Take(4), "given", "other.csv");

        var board = _store.Load().Boards.ShouldHaveSingleItem();
        (board.Device.Name, board.Table.Rows.Count).ShouldBe(("Renamed", 4));
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "half a definition", "not the definition" },
        { "definition of another version", "schema" },
        { "unknown field", "not the definition" },
        { "definition under another name", "definition of 'my-board'" },
        { "limits the wrong way round", "min_power_w" },
        { "empty definition", "not the definition" },
        { "huge definition", "more than" },
        { "half a table", "not the table" },
        { "table of another board", "not the table" },
        { "no table", "my-board.csv is missing" },
        { "no definition", "no definition lies beside it" },
        { "someone else's file", "not the definition" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Load_DamagedOrForeignFile_SaysSoAndKeepsTheOthers(string damage, string expected)
    {
        Save();
        _store.Save(OwnBoardRows.Device with { Id = "sound-board" }, OwnBoardRows.Take(3), "given", "my.csv");
        var (json, csv) = (File.ReadAllText(Json), File.ReadAllText(Csv));
        Action harm = damage switch
        {
            "half a definition" => () => File.WriteAllText(Json, json[..(json.Length / 2)]),
            "definition of another version" => () => File.WriteAllText(Json, json.Replace("\"schema\": 1", "\"schema\": 99", StringComparison.Ordinal)),
            "unknown field" => () => File.WriteAllText(Json, json.Replace("\"source\"", "\"sauce\"", StringComparison.Ordinal)),
            "definition under another name" => Rename,
            "limits the wrong way round" => () => File.WriteAllText(Json, json.Replace("\"max_power_w\": 40", "\"max_power_w\": 1", StringComparison.Ordinal)),
            "empty definition" => () => File.WriteAllText(Json, ""),
            "huge definition" => () => File.WriteAllText(Json, json + new string(' ', 20_000)),
            "half a table" => () => File.WriteAllText(Csv, csv[..(csv.Length / 2)]),
            "table of another board" => () => File.WriteAllText(Csv, OwnBoardRows.Csv(OwnBoardRows.Take(7))),
            "no table" => () => File.Delete(Csv),
            "no definition" => () => File.Delete(Json),
            _ => ReplaceBySomethingElse,
        };
        harm();

        var boards = _store.Load();

        boards.Boards.ShouldHaveSingleItem().Device.Id.ShouldBe("sound-board");
        var problem = boards.Problems.ShouldHaveSingleItem();
        problem.Message.ShouldContain(expected);
        problem.Message.ShouldContain("train it again");
        problem.ToString().ShouldStartWith("boards/");
        problem.ToString().ShouldNotContain("\n");

        void Rename()
        {
            File.Move(Json, Path.Combine(_directory["boards"], "other.json"));
            File.Delete(Csv);
        }

        void ReplaceBySomethingElse()
        {
            File.WriteAllText(Path.Combine(_directory["boards"], "package.json"), "[1,2,3]");
            _store.Forget("my-board");
        }
    }

    [Fact]
    public void Save_OverTheCap_IsRefusedWithTheWayOut()
    {
        var store = new BoardStore(_directory["boards"], new BoardStoreOptions { MaximumBoards = 1 });
        store.Save(OwnBoardRows.Device, OwnBoardRows.Take(3), "given", "my.csv");
        store.Save(OwnBoardRows.Device, OwnBoardRows.Take(4), "given", "my.csv");

        Should.Throw<BoardRefusedException>(() => store.Save(OwnBoardRows.Device with { Id = "second" }, OwnBoardRows.Take(3), "given", "my.csv"))
            .Message.ShouldContain("forget");
        Directory.GetFiles(_directory["boards"]).Length.ShouldBe(2);

        _store.Save(OwnBoardRows.Device with { Id = "second" }, OwnBoardRows.Take(3), "given", "my.csv");
        var boards = store.Load();
        boards.Boards.ShouldHaveSingleItem().Device.Id.ShouldBe("my-board");
        boards.Problems.ShouldHaveSingleItem().Message.ShouldContain("more than 1 boards");
    }

    [Fact]
    public void Save_TableOverTheCap_IsRefused() => Should.Throw<BoardRefusedException>(() =>
        new BoardStore(_directory["boards"], new BoardStoreOptions { MaximumTableBytes = 500 }).Save(OwnBoardRows.Device, OwnBoardRows.Take(9), "given", "my.csv"))
        .Message.ShouldContain("500");

    [Theory]
    [InlineData("../escape", "My Board", 2, 40)]
    [InlineData("jetson-nano", "My Board", 2, 40)]
    [InlineData("my-board", " ", 2, 40)]
    [InlineData("my-board", "My\nBoard", 2, 40)]
    [InlineData("my-board", "My Board", 0, 40)]
    [InlineData("my-board", "My Board", 40, 40)]
    [InlineData("my-board", "My Board", 2, double.PositiveInfinity)]
    public void Save_UnusableBoard_IsRefusedAndNothingIsWritten(string id, string name, double minimum, double maximum)
    {
        var device = new DeviceType(id, name, Power.FromWatts(minimum), Power.FromWatts(maximum));
        Should.Throw<BoardRefusedException>(() => _store.Save(device, OwnBoardRows.Take(3), "given", "my.csv"));
        Directory.Exists(_directory["boards"]).ShouldBeFalse();
    }

    [Fact]
    public void Forget_Board_RemovesItsFilesOnly()
    {
        Save();
        _store.Save(OwnBoardRows.Device with { Id = "other" }, OwnBoardRows.Take(3), "given", "my.csv");
        File.WriteAllText(_directory["outside.json"], "{}");

        _store.Forget("my-board").ShouldBeTrue();
        _store.Forget("my-board").ShouldBeFalse();
        _store.Forget("../outside").ShouldBeFalse();

        _store.Load().Boards.ShouldHaveSingleItem().Device.Id.ShouldBe("other");
        File.Exists(_directory["outside.json"]).ShouldBeTrue();
    }

    private OwnBoard Save() => _store.Save(OwnBoardRows.Device, OwnBoardRows.Take(5), "given", "my.csv");
}
