using System.Globalization;
using EnergyManager.Web.Components.Formatting;

namespace EnergyManager.Tests.Web.Components;

public sealed class VisitorTimeTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Asia/Ho_Chi_Minh|420", "19:00:00")]
    [InlineData("America/New_York|-300", "07:00:00")]
    [InlineData("No/Such_Zone|330", "17:30:00")]
    [InlineData("|-60", "11:00:00")]
    [InlineData("../../etc/passwd|60", "13:00:00")]
    public void Clock_OfWhatABrowserSays_IsTheVisitorsTime(string said, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en");
        VisitorTime.Parse(said).Clock(Noon).ShouldBe(expected);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("|")]
    [InlineData("|900")]
    [InlineData("|-2147483648")]
    [InlineData("a|b|c")]
    public void Parse_OfWhatCannotBeRead_IsTheDefault(string? said) => VisitorTime.Parse(said).ShouldBe(VisitorTime.Default);
}
