using Bunit;
using EnergyManager.Web.Components.Panels;

namespace EnergyManager.Tests.Web.Components;

public sealed class AlsoToTests : DashboardContext
{
    [Fact]
    public void List_OfManyDevices_IsMadeWhenItIsOpened()
    {
        IReadOnlyCollection<string> chosen = [];
        var also = Render<AlsoTo>(parameters => parameters
            .Add(c => c.Others, [Connect("a"), Connect("b")])
            .Add(c => c.Chosen, chosen)
            .Add(c => c.ChosenChanged, now => chosen = now));
        also.FindAll("input").ShouldBeEmpty();

        also.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        also.Find("[data-testid=also-b]").Change(true);

        chosen.ShouldBe(["b"]);
        also.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);
        also.FindAll("input").ShouldBeEmpty();
    }
}
