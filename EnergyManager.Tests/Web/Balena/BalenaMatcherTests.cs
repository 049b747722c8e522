using EnergyManager.Web.Balena;
using EnergyManager.Web.Fleet;

namespace EnergyManager.Tests.Web.Balena;

public sealed class BalenaMatcherTests
{
    private const string Uuid = "84b5651bb4a9e6a28d0d6aeca9900170";

    [Fact]
    public void Match_Uuid_WinsOverAddress() => Match(
        [Agent("by-address", address: "192.168.1.50"), Agent("by-uuid", uuid: Uuid.ToUpperInvariant())])
        .ShouldBe((BalenaMatchKind.Connected, "by-uuid", null));

    [Fact]
    public void Match_SameUuidTwice_TakesTheOneThatIsHere() => Match(
        [Agent("gone", uuid: Uuid, online: false), Agent("here", uuid: Uuid)]).ShouldBe((BalenaMatchKind.Connected, "here", null));

    [Fact]
    public void Match_SecondAddress_IsTakenToo() => Match([Agent("nano", address: "10.0.0.5")]).ShouldBe((BalenaMatchKind.Connected, "nano", "10.0.0.5"));

    [Fact]
    public void Match_AddressOfAnAgentOnAnotherBalenaDevice_IsNone() => Match(
        [Agent("other", uuid: new string('f', 32), address: "192.168.1.50")]).Kind.ShouldBe(BalenaMatchKind.None);

    [Fact]
    public void Match_AddressOfTwoAgents_IsAmbiguous() => Match(
        [Agent("one", address: "192.168.1.50"), Agent("two", address: "192.168.1.50")]).Kind.ShouldBe(BalenaMatchKind.Ambiguous);

    [Fact]
    public void Match_AddressOfAnAgentThatIsGone_DoesNotDisturb() => Match(
        [Agent("gone", address: "192.168.1.50", online: false), Agent("here", address: "192.168.1.50")]).ShouldBe((BalenaMatchKind.Connected, "here", "192.168.1.50"));

    [Fact]
    public void Match_EnrolledAndNeverSeen_SaysSo() =>
        Match([Agent("new", uuid: Uuid, online: false, seen: false)]).ShouldBe((BalenaMatchKind.NeverSeen, "new", null));

    [Fact]
    public void Match_KnownAndAway_IsOffline() => Match([Agent("away", uuid: Uuid, online: false)]).ShouldBe((BalenaMatchKind.Offline, "away", null));

    private static (BalenaMatchKind Kind, string? Device, string? Address) Match(IReadOnlyList<DeviceView> agents)
    {
        var match = new BalenaMatcher(agents).Match(new BalenaDevice
        {
            Id = 1,
            Uuid = Uuid,
            DeviceName = "nano-01b",
            IsOnline = true,
            ApiHeartbeatState = "online",
            IpAddresses = ["192.168.1.50", "10.0.0.5"],
        });
        return (match.Kind, match.Device?.DeviceId, match.Address);
    }

    private static DeviceView Agent(string id, string? uuid = null, string? address = null, bool online = true, bool seen = true) => new()
    {
        DeviceId = id,
        Name = id,
        DeviceType = "jetson-nano",
        Online = online,
        State = online ? "idle" : "offline",
        Addresses = address is null ? [] : [address],
        BalenaUuid = uuid,
        LastSeen = seen ? DateTimeOffset.UnixEpoch : null,
    };
}
