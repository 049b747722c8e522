using Bunit;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Shared;
using EnergyManager.Web.Components.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace EnergyManager.Tests.Web.Components;

public sealed class ShellComponentTests : DashboardContext
{
    [Fact]
    public async Task CopyCurl_WhereTheClipboardIsOpen_SaysCopiedAndForgetsIt()
    {
        var clipboard = JSInterop.SetupModule("./js/clipboard.js");
        clipboard.Setup<bool>("copy", _ => true).SetResult(true);
        var button = Render<CopyCurl>(parameters => parameters.Add(c => c.Command, () => ApiCalls.Devices()).Add(c => c.What, "devices").Add(c => c.TestId, "devices"));

        button.Find("button").Click();

        button.WaitForAssertion(() => button.Find("[role=status]").TextContent.ShouldBe("Copied"));
        clipboard.Invocations["copy"].Single().Arguments.Single().ShouldBe("curl -sS 'http://localhost/api/devices'");
        await Eventually.ShouldAsync(Clock, TimeSpan.FromSeconds(1), () => button.Find("[role=status]").TextContent.Length == 0);
    }

    [Fact]
    public void CopyCurl_WhereTheClipboardIsClosed_ShowsTheCommand()
    {
        JSInterop.SetupModule("./js/clipboard.js").Setup<bool>("copy", _ => true).SetResult(false);
        var dialogs = Dialogs();
        var button = Render<CopyCurl>(parameters => parameters.Add(c => c.Command, () => ApiCalls.Devices()).Add(c => c.What, "devices").Add(c => c.TestId, "devices"));

        button.Find("button").Click();

        dialogs.WaitForAssertion(() => dialogs.Find("[data-testid=curl-text]").TextContent.ShouldBe("curl -sS 'http://localhost/api/devices'"));
    }

    [Fact]
    public void CopyCurl_OfAnUnfinishedForm_SaysWhatIsMissing()
    {
        var dialogs = Dialogs();
        var button = Render<CopyCurl>(parameters => parameters.Add(c => c.Command, () => null).Add(c => c.What, "prediction").Add(c => c.TestId, "predict"));

        button.Find("button").Click();

        dialogs.WaitForAssertion(() => dialogs.Find("[data-testid=curl-incomplete]"));
    }

    [Fact]
    public void PanelGuard_WhenItsPanelFails_StandsInUntilItWorksAgain()
    {
        var broken = true;
        var page = Render<PanelGuard>(parameters => parameters
            .Add(guard => guard.Title, "Target")
            .Add(guard => guard.ChildContent, builder =>
            {
                builder.OpenComponent<Fragile>(0);
                builder.AddComponentParameter(1, nameof(Fragile.Fails), () => broken);
                builder.CloseComponent();
            }));
        page.Find("[data-testid=panel-error] h2").TextContent.ShouldBe("Target");

        broken = false;
        page.Find("[data-testid=panel-retry]").Click();

        page.Find("#fine").TextContent.ShouldBe("fine");
    }

    [Fact]
    public void PanelGuard_WhenAClickFails_StandsInToo()
    {
        var page = Render<PanelGuard>(parameters => parameters.Add(guard => guard.Title, "Target").AddChildContent<Fragile>());

        page.Find("#fine").Click();

        page.FindAll("[data-testid=panel-error]").Count.ShouldBe(1);
    }

    private sealed class Fragile : ComponentBase
    {
        [Parameter]
        public Func<bool>? Fails { get; set; }

        protected override void BuildRenderTree(Microsoft.AspNetCore.Components.Rendering.RenderTreeBuilder builder)
        {
            if (Fails?.Invoke() == true)
                throw new InvalidOperationException("This panel is broken for the test.");
            builder.OpenElement(0, "button");
            builder.AddAttribute(1, "id", "fine");
            builder.AddAttribute(2, "onclick", EventCallback.Factory.Create<MouseEventArgs>(this, () => throw new InvalidOperationException("This click is broken for the test.")));
            builder.AddContent(3, "fine");
            builder.CloseElement();
        }
    }
}
