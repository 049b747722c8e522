using AngleSharp.Dom;
using Bunit;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Components.Panels;
using MudBlazor;

namespace EnergyManager.Tests.Web.Components;

public sealed class TargetPanelTests : DashboardContext
{
    private const string Uuid = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Connected_LargeFleet_IsSearchedAndSaysWhatItLeavesOut()
    {
        var devices = Enumerable.Range(0, 40).Select(i => Connect($"board-{i:00}")).ToList();
        var panel = Render<TargetPanel>(parameters => parameters.Add(c => c.Devices, devices));
        panel.FindAll("[data-testid^=device-option]").Count.ShouldBe(DeviceChoice.Rows);
        panel.Find("[data-testid=target-search-hidden]").TextContent.ShouldContain("10 further devices");

        await SearchAsync(panel, "board-39", () => panel.FindAll("[data-testid^=device-option]").Count == 1);

        panel.Find("[data-testid^=device-option]").TextContent.ShouldContain("board-39");
        panel.FindAll("[data-testid=target-search-hidden]").ShouldBeEmpty();
        await SearchAsync(panel, "nothing", () => panel.Markup.Contains("No device matches", StringComparison.Ordinal));
    }

    [Fact]
    public void Connected_FewDevices_HaveNoSearch() =>
        Render<TargetPanel>(parameters => parameters.Add(c => c.Devices, [Connect("a"), Connect("b")])).FindAll("[data-testid=target-search]").ShouldBeEmpty();

    [Fact]
    public void Balena_WithoutAToken_SaysWhatToSet() =>
        Open(out _).Find("[data-testid=balena-not-configured]").TextContent.ShouldContain("BALENA_API_TOKEN");

    [Fact]
    public void Balena_Opened_LoadsFleetsAndDevices()
    {
        Balena.IsConfigured = true;
        Balena.Fleets = [new BalenaFleet(1, "org/lab", "lab", "jetson-nano"), new BalenaFleet(2, "org/other", "other", null)];
        Balena.Devices = [Device(Uuid, "10.0.0.5", "172.16.0.9"), InFleet("org/other", "f" + Uuid[1..])];
        var panel = Open(out _);

        panel.FindAll("[data-testid=balena-fleet] option").Select(option => option.TextContent).ShouldBe(["All fleets", "org/lab", "org/other"]);
        panel.FindAll("li.em-balena-device").Count.ShouldBe(2);
        panel.Find($"[data-testid=balena-device-{Uuid}]").TextContent.ShouldContain("10.0.0.5, 172.16.0.9");

        panel.Find("[data-testid=balena-fleet]").Change("org/other");
        panel.FindAll("li.em-balena-device").ShouldHaveSingleItem().TextContent.ShouldContain("no address yet");
    }

    [Fact]
    public void Balena_WhileItLoads_ShowsThatAndThenTheDevices()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid)];
        Balena.Hold = new TaskCompletionSource();
        var panel = Open(out _);

        panel.FindAll("li.em-balena-device").ShouldBeEmpty();
        panel.Find("[data-testid=balena-refresh]").HasAttribute("disabled").ShouldBeTrue();
        Balena.Hold.SetResult();
        panel.WaitForElement("li.em-balena-device");
    }

    [Fact]
    public void Balena_ThatFails_SaysWhy()
    {
        Balena.IsConfigured = true;
        Balena.Failure = new BalenaException("Balena refused the token.");
        var panel = Open(out _);

        panel.Find("[data-testid=balena-error]").TextContent.ShouldContain("Balena refused the token.");

        Balena.Failure = null;
        panel.Find("[data-testid=balena-refresh]").Click();
        panel.WaitForElement("[data-testid=balena-empty]");
    }

    [Theory]
    [InlineData(true, "online", "VPN up", "Heartbeat: online")]
    [InlineData(false, "online", "VPN down", "Heartbeat: online")]
    [InlineData(false, "timeout", "VPN down", "Heartbeat: timed out")]
    [InlineData(false, "asleep", "VPN down", "Heartbeat: asleep")]
    public void Balena_BothOnlineNotions_AreShownApartAndExplained(bool vpn, string heartbeat, string first, string second)
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid) with { IsOnline = vpn, ApiHeartbeatState = heartbeat }];

        var states = Open(out _).FindAll(".em-balena-states .em-status");

        states.Select(state => state.TextContent.Trim()).ShouldBe([first, second]);
        states.ShouldAllBe(state => state.GetAttribute("title")!.Length > 20);
    }

    [Fact]
    public void Balena_OnlineOnly_LeavesTheOthersOut()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid) with { IsOnline = false }];
        var panel = Open(out _);

        panel.Find(".em-balena-filters input").Change(true);

        panel.Find("[data-testid=balena-empty]").TextContent.ShouldContain("VPN");
    }

    [Fact]
    public void Balena_ConnectToADeviceWhoseAgentTellsItsUuid_ChoosesIt()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid, "10.0.0.99")];
        Fleet.Put(Connect("nano") with { BalenaUuid = Uuid });
        var panel = Open(out var chosen);

        panel.Find("[data-testid=balena-connect]").Click();

        chosen.ShouldBe(["nano"]);
        panel.Find("[data-testid=balena-match]").TextContent.ShouldContain("runs on this device");
    }

    [Fact]
    public void Balena_ConnectToADeviceWithTheAddressOfAnAgent_ChoosesItAndSaysHow()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid, "10.9.9.9", "10.0.0.5")];
        Connect("nano");
        var panel = Open(out var chosen);

        panel.Find("[data-testid=balena-connect]").Click();

        chosen.ShouldBe(["nano"]);
        panel.Find("[data-testid=balena-match]").TextContent.ShouldContain("10.0.0.5");
    }

    [Fact]
    public void Balena_ConnectToADeviceWithoutAgent_SaysWhatToDo()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid, "10.9.9.9")];
        var panel = Open(out var chosen);

        panel.Find("[data-testid=balena-connect]").Click();

        chosen.ShouldBeEmpty();
        var text = panel.Find("[data-testid=balena-match]").TextContent;
        text.ShouldContain("10.9.9.9");
        text.ShouldContain("Enrol it");
    }

    [Theory]
    [InlineData("balena-restart", "restart", true)]
    [InlineData("balena-reboot", "reboot", true)]
    [InlineData("balena-reboot", "reboot", false)]
    public void Balena_RestartAndReboot_AskFirst(string button, string action, bool sure)
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device(Uuid)];
        var dialogs = Dialogs();
        var panel = Open(out _);

        panel.Find($"[data-testid={button}]").Click();
        Balena.Asked.ShouldBeEmpty();
        Button(dialogs, sure ? 1 : 0).Click();

        if (sure)
        {
            panel.WaitForElement("[data-testid=balena-outcome]");
            Balena.Asked.ShouldBe([$"{action} {Uuid}"]);
        }
        else
        {
            Balena.Asked.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Balena_EnrolFleet_DryRunListsWhatWouldBeSetWithoutTheSecret()
    {
        Balena.IsConfigured = true;
        Balena.Fleets = [new BalenaFleet(1, "org/lab", "lab", null)];
        Balena.Devices = [Device(Uuid)];
        Balena.Report = new BalenaEnrolmentReport
        {
            DryRun = true,
            Server = "http://energy.local:5000",
            Devices =
            [
                new BalenaEnrolmentRow
                {
                    Uuid = Uuid,
                    DeviceName = "greenhouse",
                    Status = BalenaEnrolmentStatus.WouldEnrol,
                    Variables = [new("A__Server", BalenaVariableAction.Create, "http://energy.local:5000"), new("A__Credential", BalenaVariableAction.Create, null)],
                },
                new BalenaEnrolmentRow { Uuid = "f" + Uuid[1..], DeviceName = "shed", Status = BalenaEnrolmentStatus.Failed, Reason = "Balena answered 500." },
            ],
        };
        var dialogs = Dialogs();
        var panel = Open(out _);
        panel.Find("[data-testid=balena-enrol-fleet]").HasAttribute("disabled").ShouldBeTrue();

        panel.Find("[data-testid=balena-fleet]").Change("org/lab");
        panel.Find("[data-testid=balena-enrol-fleet]").Click();
        dialogs.WaitForElement("[data-testid=balena-enrol-dry]").Click();

        dialogs.WaitForElement("[data-testid=balena-enrol-summary]").TextContent.ShouldContain("1 would be enrolled, 0 unchanged, 1 failed");
        Balena.Enrolments.ShouldHaveSingleItem().DryRun.ShouldBeTrue();
        dialogs.Markup.ShouldContain("A__Credential");
        dialogs.Markup.ShouldContain("(secret, made for this device)");
        dialogs.Markup.ShouldContain("Balena answered 500.");
    }

    private static IElement Button(IRenderedComponent<MudDialogProvider> dialogs, int index)
    {
        dialogs.WaitForAssertion(() => dialogs.FindAll(".mud-dialog-actions button").Count.ShouldBe(2));
        return dialogs.FindAll(".mud-dialog-actions button")[index];
    }

    // The field waits for a pause in the typing.
    private async Task SearchAsync(IRenderedComponent<TargetPanel> panel, string text, Func<bool> found)
    {
        await panel.Find("input[data-testid=target-search]").InputAsync(text);
        await Eventually.ShouldAsync(Clock, TimeSpan.FromSeconds(1), found);
    }

    private IRenderedComponent<TargetPanel> Open(out List<string?> chosen)
    {
        var ids = chosen = [];
        var panel = Render<TargetPanel>(parameters => parameters
            .Add(p => p.Devices, Fleet.List())
            .Add(p => p.DeviceIdChanged, ids.Add));
        panel.Find("[data-testid=target-balena]").Click();
        return panel;
    }

    private static BalenaDevice Device(string uuid, params string[] addresses) => InFleet("org/lab", uuid, addresses);

    private static BalenaDevice InFleet(string fleet, string uuid, params string[] addresses) => new()
    {
        Id = 1,
        Uuid = uuid,
        DeviceName = "greenhouse",
        IsOnline = true,
        ApiHeartbeatState = "online",
        IpAddress = addresses.FirstOrDefault(),
        IpAddresses = addresses,
        DeviceType = "jetson-nano",
        Fleet = fleet,
    };
}
