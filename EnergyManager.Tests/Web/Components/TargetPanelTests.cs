using Bunit;
using EnergyManager.Web.Balena;
using EnergyManager.Web.Components.Panels;

namespace EnergyManager.Tests.Web.Components;

public sealed class TargetPanelTests : DashboardContext
{
    [Fact]
    public void Balena_ThatFails_SaysWhy()
    {
        Balena.IsConfigured = true;
        Balena.Failure = new BalenaException("Balena refused the token.");
        var panel = Open(out _, out _);

        panel.Find("[data-testid=balena-refresh]").Click();

        panel.WaitForElement("[data-testid=balena-error]").TextContent.ShouldContain("Balena refused the token.");
    }

    [Fact]
    public void Balena_ConnectToADeviceWhoseAgentIsHere_ChoosesIt()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device("10.0.0.5")];
        Connect("nano");
        var panel = Open(out var chosen, out var addresses);

        panel.Find("[data-testid=balena-refresh]").Click();
        panel.WaitForElement("li.em-option button").Click();

        chosen.ShouldBe(["nano"]);
        addresses.ShouldBeEmpty();
    }

    [Fact]
    public void Balena_ConnectToADeviceWithoutAgent_TakesItsAddressAndSaysWhatIsMissing()
    {
        Balena.IsConfigured = true;
        Balena.Devices = [Device("10.9.9.9")];
        var panel = Open(out var chosen, out var addresses);

        panel.Find("[data-testid=balena-refresh]").Click();
        panel.WaitForElement("li.em-option button").Click();
        panel.Render(parameters => parameters.Add(p => p.Address, "10.9.9.9"));

        chosen.ShouldBeEmpty();
        addresses.ShouldBe(["10.9.9.9"]);
        panel.Markup.ShouldContain("Start its agent first");
    }

    private IRenderedComponent<TargetPanel> Open(out List<string?> chosen, out List<string?> addresses)
    {
        var (ids, typed) = (new List<string?>(), new List<string?>());
        (chosen, addresses) = (ids, typed);
        var panel = Render<TargetPanel>(parameters => parameters
            .Add(p => p.Devices, Fleet.List())
            .Add(p => p.DeviceIdChanged, ids.Add)
            .Add(p => p.AddressChanged, typed.Add));
        panel.Find("[data-testid=target-balena]").Click();
        return panel;
    }

    private static BalenaDevice Device(string address) => new()
    {
        Id = 1,
        Uuid = "0123456789abcdef",
        DeviceName = "greenhouse",
        IsOnline = true,
        ApiHeartbeatState = "online",
        IpAddress = address,
        IpAddresses = [address],
        DeviceType = "jetson-nano",
    };
}
