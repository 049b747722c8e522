using EnergyManager.Core.Devices;
using EnergyManager.Core.Units;

namespace EnergyManager.Tests.Core.Devices;

public sealed class DeviceTypeCatalogTests
{
    private static readonly DeviceType OrangePi = new("orange-pi-5", "Orange Pi 5", Power.FromWatts(2), Power.FromWatts(15));

    private readonly DeviceTypeCatalog _catalog = new([OrangePi]);

    [Theory]
    [InlineData("jetson-nano", "jetson-nano", false)]
    [InlineData("Jetson_Nano_2GB", "jetson-nano", false)]
    [InlineData(" rpi5 ", "raspberry-pi-5", false)]
    [InlineData("raspberry_pi5", "raspberry-pi-5", false)]
    [InlineData("", "jetson-nano", false)]
    [InlineData(null, "jetson-nano", false)]
    [InlineData("BBB", "jetson-nano", true)]
    [InlineData("generic-linux", "jetson-nano", true)]
    [InlineData("orange-pi-5", "orange-pi-5", false)]
    [InlineData("Orange_Pi_5", "orange-pi-5", false)]
    public void TryResolve_KnownName_GivesItsBoardAndSaysWhenAnotherAnswers(string? text, string expected, bool hasNote)
    {
        _catalog.TryResolve(text, out var resolution).ShouldBeTrue();
        resolution!.Device.Id.ShouldBe(expected);
        (resolution.Note is not null).ShouldBe(hasNote);
    }

    [Fact]
    public void TryResolve_BoardOfAnotherCatalogue_IsUnknown()
    {
        DeviceTypeCatalog.BuiltIn.TryResolve("orange-pi-5", out _).ShouldBeFalse();
        _catalog.AcceptedNames.ShouldContain("orange-pi-5");
        _catalog.All.ShouldBe([.. DeviceTypes.All, OrangePi]);
    }

    [Theory]
    [InlineData("my-board")]
    [InlineData("x")]
    [InlineData("jetson-xavier-nx-16")]
    public void Problem_UsableId_IsNone(string id) => DeviceTypeCatalog.Problem(id).ShouldBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("My-Board")]
    [InlineData("my board")]
    [InlineData("../my-board")]
    [InlineData("my-board.json")]
    [InlineData("-board")]
    [InlineData("my--board")]
    [InlineData("board\n")]
    [InlineData("bảng")]
    [InlineData("a12345678901234567890123456789012345678901")]
    [InlineData("jetson-nano")]
    [InlineData("rpi5")]
    [InlineData("bbb")]
    [InlineData("generic-linux")]
    public void Problem_UnusableOrTakenId_IsToldAndRefused(string id)
    {
        DeviceTypeCatalog.Problem(id).ShouldNotBeNull();
        Should.Throw<ArgumentException>(() => new DeviceTypeCatalog([OrangePi with { Id = id }]));
    }

    [Fact]
    public void Constructor_SameIdTwice_IsRefused() =>
        Should.Throw<ArgumentException>(() => new DeviceTypeCatalog([OrangePi, OrangePi])).Message.ShouldContain("orange-pi-5");
}
