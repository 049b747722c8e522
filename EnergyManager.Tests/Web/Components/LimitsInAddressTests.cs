using System.Globalization;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Components.Panels;
using Microsoft.AspNetCore.WebUtilities;

namespace EnergyManager.Tests.Web.Components;

public sealed class LimitsInAddressTests
{
    [Fact]
    public void Write_OfTheDefault_LeavesThePageItsPlainAddress() => LimitsInAddress.Default.Write().Values.ShouldAllBe(value => value == null);

    [Fact]
    public void Parse_OfWhatWasWritten_IsTheSame()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("vi");
            var limits = new LimitsInAddress(
                LibraryFilter.Recommended, 40.25,
                LimitsInAddress.Default.Constraints with { MaxSizeMb = 12.5, MaxLatencyS = 0.0335, MinTop1 = 70.1, MaxMemoryMb = 256, Readiness = ExecutionReadiness.Ready });

            LimitsInAddress.Parse(Address(limits)).ShouldBe(limits);
            LimitsInAddress.Parse(Address(limits with { BudgetMwh = null })).BudgetMwh.ShouldBeNull();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("?filter=everything&budget=much&max_size=-3&max_latency=1e9&min_top1=101&executable=7")]
    [InlineData("?filter=3&budget=NaN&max_memory=0")]
    [InlineData("")]
    public void Parse_OfWhatMakesNoSense_IsTheDefault(string query) =>
        LimitsInAddress.Parse(new Uri("http://localhost/" + query)).ShouldBe(LimitsInAddress.Default);

    private static Uri Address(LimitsInAddress limits) => new(QueryHelpers.AddQueryString(
        "http://localhost/", limits.Write().Where(part => part.Value is not null).ToDictionary(part => part.Key, part => (string?)part.Value, StringComparer.Ordinal)));
}
