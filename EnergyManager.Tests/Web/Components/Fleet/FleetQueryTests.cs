using EnergyManager.Web.Components.Fleet;
using Microsoft.AspNetCore.WebUtilities;

namespace EnergyManager.Tests.Web.Components.Fleet;

public sealed class FleetQueryTests
{
    private static readonly FleetRow[] Devices =
    [
        Row("b") with { Model = "resnet18", PowerW = 4.2, HasPowerSensor = true, EnergyMwh = 80, State = "running" },
        Row("a") with { Model = "squeezenet1_1", PowerW = 9.1, HasPowerSensor = true, EnergyMwh = 20, State = "running", Trouble = FleetTrouble.OverBudget },
        Row("d") with { Online = false, State = "offline", Trouble = FleetTrouble.Failed },
        Row("c") with { DeviceType = "rpi5", Coming = "resnet18", State = "deploying", TemperatureC = 51 },
    ];

    [Theory]
    [InlineData("", "abcd")]
    [InlineData("show=online", "abc")]
    [InlineData("show=offline", "d")]
    [InlineData("show=deploying", "c")]
    [InlineData("show=overbudget", "a")]
    [InlineData("show=nosensor", "cd")]
    [InlineData("show=attention", "ad")]
    [InlineData("show=nonsense", "abcd")]
    [InlineData("q=resnet", "bc")]
    [InlineData("q=RPI5%20resnet", "c")]
    [InlineData("q=nothing-of-it", "")]
    [InlineData("sort=name&order=desc", "dcba")]
    // Devices without the figure stay last, whichever way round.
    [InlineData("sort=power", "bacd")]
    [InlineData("sort=power&order=desc", "abcd")]
    [InlineData("sort=energy&order=desc", "bacd")]
    [InlineData("sort=temperature", "cabd")]
    [InlineData("sort=model", "bacd")]
    [InlineData("sort=state", "cabd")]
    [InlineData("show=online&q=nano&sort=energy", "ab")]
    public void Apply_Address_GivesTheDevicesInOrder(string address, string expected) =>
        string.Concat(FleetQuery.Parse(new Uri("http://localhost/fleet?" + address)).Apply(Devices).Select(row => row.Name)).ShouldBe(expected);

    [Fact]
    public void Write_EveryQuery_IsReadBackTheSame()
    {
        foreach (var filter in Enum.GetValues<FleetFilter>())
            foreach (var sort in Enum.GetValues<FleetSort>())
                foreach (var text in new[] { "", "a b", "ô/?&=" })
                    foreach (var descending in new[] { true, false })
                    {
                        var query = new FleetQuery(filter, text, sort, descending);
                        var address = QueryHelpers.AddQueryString("http://localhost/fleet", query.Write().ToDictionary(part => part.Key, part => part.Value as string));

                        FleetQuery.Parse(new Uri(address)).ShouldBe(query);
                    }
    }

    [Fact]
    public void Write_Default_LeavesTheAddressPlain() => new FleetQuery().Write().Values.ShouldAllBe(value => value == null);

    [Fact]
    public void Parse_SearchOverTheCap_IsCut() =>
        FleetQuery.Parse(new Uri("http://localhost/fleet?q=" + new string('x', 5000))).Text.Length.ShouldBe(FleetQuery.MaximumText);

    [Theory]
    [InlineData(FleetSort.Power, true)]
    [InlineData(FleetSort.Model, false)]
    public void By_AnotherOrder_BeginsWithTheGreatestFigureOrTheFirstWordAndTurnsRound(FleetSort sort, bool descending)
    {
        var asked = new FleetQuery().By(sort);

        asked.Descending.ShouldBe(descending);
        asked.By(sort).Descending.ShouldBe(!descending);
    }

    private static FleetRow Row(string name) => new() { DeviceId = "local-" + name, Name = name, DeviceType = "jetson-nano", State = "idle", Online = true };
}
