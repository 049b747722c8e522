using EnergyManager.Web.Components.Layout;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace EnergyManager.Tests.Web.Components;

public sealed class DashboardLanguagesTests
{
    [Theory]
    [InlineData("/monitoring?range=1h", "~/monitoring?range=1h")]
    [InlineData("//elsewhere.example", "~/")]
    [InlineData("/\\elsewhere.example", "~/")]
    [InlineData("https://elsewhere.example", "~/")]
    [InlineData(null, "~/")]
    public void Choose_OfALanguage_RemembersItAndStaysOnThisServer(string? path, string expected)
    {
        var context = new DefaultHttpContext();

        var redirect = DashboardLanguages.Choose(context, "vi", path).Result.ShouldBeOfType<RedirectHttpResult>();

        redirect.Url.ShouldBe(expected);
        redirect.AcceptLocalUrlOnly.ShouldBeTrue();
        context.Response.Headers.SetCookie.ToString().ShouldContain("c%3Dvi");
    }

    [Theory]
    [InlineData("fr")]
    [InlineData("")]
    [InlineData(null)]
    public void Choose_OfAnotherLanguage_IsRefusedAndRemembersNothing(string? culture)
    {
        var context = new DefaultHttpContext();

        DashboardLanguages.Choose(context, culture, "/").Result.ShouldBeOfType<BadRequest<string>>().Value!.ShouldContain("culture");
        context.Response.Headers.SetCookie.ShouldBeEmpty();
    }
}
