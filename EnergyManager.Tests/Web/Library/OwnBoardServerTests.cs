using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EnergyManager.Core.Boards;
using EnergyManager.Tests.Core.Boards;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Web.Library;

/// <summary>A server whose data folder holds a board of the user's own, beside files that cannot be used.</summary>
public sealed class OwnBoardServerTests : IAsyncLifetime
{
    private const string Resnet50 = """{"device_type":"My_Board","model_name":"resnet50","params_m":25.56,"gmacs":4.11,"size_mb":97.8}""";

    private readonly TemporaryDirectory _data = new();
    private ServerFixture _server = null!;

    public async Task InitializeAsync()
    {
        TrainedPredictor.CopyTo(_data.Path);
        var store = new BoardStore(_data["boards"]);
        store.Save(OwnBoardRows.Device, OwnBoardRows.Take(5), "given", "my.csv");
        // Two rows can be kept, but not be learned from.
        store.Save(OwnBoardRows.Device with { Id = "thin-board" }, OwnBoardRows.Take(2), "given", "my.csv");
        await File.WriteAllTextAsync(Path.Combine(_data["boards"], "broken.json"), "{\"schema\":1,");
        _server = await ServerFixture.StartAsync($"--EnergyManager:DataDirectory={_data.Path}");
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task OwnBoard_IsADeviceTypeLikeAnyOther()
    {
        var response = await _server.PostAsync("/api/predict-energy", Resnet50);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var prediction = await response.Content.ReadFromJsonAsync<JsonElement>();
        var mwh = prediction.GetProperty("prediction_mwh").GetDouble();
        var interval = prediction.GetProperty("confidence_interval");
        mwh.ShouldBeInRange(interval[0].GetDouble(), interval[1].GetDouble());
        prediction.GetProperty("avg_power_w").GetDouble().ShouldBeInRange(2, 40);
        prediction.GetProperty("contributions").GetRawText().ShouldContain("board_correction");

        var thresholds = await _server.GetAsync("/api/energy/thresholds?device_type=my-board");
        thresholds.GetProperty("device_type").GetString().ShouldBe("my-board");
        thresholds.GetProperty("note").GetString()!.ShouldContain("predicted for this board");
        var model = await _server.GetAsync("/api/energy/model?device_type=my-board");
        (model.GetProperty("rows").GetInt32(), model.GetProperty("version").GetString()![..8]).ShouldBe((5, "few-shot"));

        // Its own five models with what was measured, and the product's networks with a prediction.
        var models = (await _server.GetAsync("/api/models/all?device_type=my-board")).GetProperty("models").EnumerateArray().ToArray();
        models.Count(m => m.GetProperty("provenance").GetString() == "benchmark").ShouldBe(5);
        models.Count(m => m.GetProperty("provenance").GetString() == "predicted").ShouldBeGreaterThan(200);
        models.ShouldAllBe(m => m.GetProperty("energy_mwh").ValueKind == JsonValueKind.Null || m.GetProperty("energy_mwh").GetDouble() > 0);

        var recommended = await _server.GetAsync("/api/models/recommended?device_type=my-board&max_energy=1000&limit=3");
        recommended.GetProperty("count").GetInt32().ShouldBe(3);
        (await _server.Http.GetStringAsync("/openapi/v1.json")).ShouldContain("my-board");
    }

    [Fact]
    public async Task BoardThatCannotBeUsed_IsRefusedByNameAndTheServerRuns()
    {
        foreach (var (device, expected) in ((string, string)[])[("thin-board", "No model"), ("broken", "my-board"), ("toaster", "my-board")])
        {
            var response = await _server.PostAsync("/api/predict-energy", Resnet50.Replace("My_Board", device, StringComparison.Ordinal));
            response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            var problem = await response.Content.ReadAsStringAsync();
            problem.ShouldContain("device_type");
            problem.ShouldContain(expected);
        }

        (await _server.PostAsync("/api/predict-energy", Resnet50.Replace("My_Board", "rpi5", StringComparison.Ordinal))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
