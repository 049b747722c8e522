using System.Globalization;
using Bunit;
using EnergyManager.Web.Components.Sentences;
using EnergyManager.Web.Deployment;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;

namespace EnergyManager.Tests.Web.Components;

public sealed class SnackbarSentencesTests : DashboardContext
{
    [Theory]
    [InlineData(0, 6)]
    [InlineData(45, 6)]
    [InlineData(90, 9)]
    [InlineData(300, 23)]
    [InlineData(2000, 30)]
    public void ReadingTime_OfSoManyCharacters_IsLongEnoughAndEnds(int characters, int seconds) =>
        SnackbarSentences.ReadingTime(new string('x', characters)).ShouldBe(TimeSpan.FromSeconds(seconds));

    [Theory]
    [InlineData(DeployStatus.Accepted, Severity.Success)]
    [InlineData(DeployStatus.OverBudget, Severity.Warning)]
    public void Say_AnswerAboutADevice_IsInTheVisitorsLanguageWithItsName(DeployStatus status, Severity severity)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("vi");
        var snackbar = Services.GetRequiredService<ISnackbar>();

        snackbar.Say(new DeployOutcome(status, "resnet50 runs on.", null, null, null, null), about: "Nano");

        var note = snackbar.ShownSnackbars.ShouldHaveSingleItem();
        (note.Message, note.Severity).ShouldBe(("Nano: resnet50 vẫn tiếp tục chạy.", severity));
    }

    [Fact]
    public void Say_TextWithMarkup_IsShownAsText()
    {
        var provider = Render<MudSnackbarProvider>();

        Services.GetRequiredService<ISnackbar>().Say("<img src=x onerror=alert(1)> runs on.", Severity.Warning);

        provider.WaitForAssertion(() => provider.Markup.ShouldContain("&lt;img"));
        provider.FindAll("img").ShouldBeEmpty();
    }
}
