using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Tests.Web.Components;

public sealed class DeviceChoiceTests : DashboardContext
{
    private readonly List<DeviceView> _fleet;

    public DeviceChoiceTests() => _fleet = [.. Enumerable.Range(0, 50).Select(i => Connect($"board-{i:00}"))];

    [Fact]
    public void Narrow_LargeFleet_ShowsTheFirstAndCountsTheOthers()
    {
        var choice = DeviceChoice.Narrow(_fleet, "", []);

        choice.Shown.ShouldBe(_fleet[..DeviceChoice.Rows]);
        choice.Hidden.ShouldBe(50 - DeviceChoice.Rows);
    }

    [Theory]
    [InlineData("BOARD-4", 10)]
    [InlineData("  board   49 ", 1)]
    [InlineData("board 49 50", 0)]
    [InlineData("nothing", 0)]
    public void Narrow_Searched_ShowsWhatHasEveryWord(string text, int found)
    {
        var choice = DeviceChoice.Narrow(_fleet, text, []);

        choice.Shown.Count.ShouldBe(found);
        choice.Hidden.ShouldBe(0);
    }

    [Fact]
    public void Narrow_ChosenDevices_AreShownWhereverTheyAreInTheirOrder()
    {
        DeviceChoice.Narrow(_fleet, null, ["board-48", "board-03"]).Shown.Select(device => device.DeviceId).ShouldBe(
            [.. _fleet[..(DeviceChoice.Rows + 1)].Select(device => device.DeviceId), "board-48"]);
        DeviceChoice.Narrow(_fleet, "nothing", ["board-48"]).Shown.ShouldHaveSingleItem().DeviceId.ShouldBe("board-48");
    }
}
