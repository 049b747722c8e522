using EnergyManager.Web.Fleet;

namespace EnergyManager.Tests.Web.Fleet;

public sealed class LocalAgentAddressTests
{
    [Theory]
    [InlineData("http://localhost:5000", "http://localhost:5000")]
    [InlineData("http://0.0.0.0:80", "http://127.0.0.1:80")]
    [InlineData("http://[::]:8080", "http://127.0.0.1:8080")]
    [InlineData("http://[::1]:8080", "http://[::1]:8080")]
    [InlineData("https://localhost:5001;http://127.0.0.1:5000", "http://127.0.0.1:5000")]
    [InlineData("https://localhost:5001", "https://localhost:5001")]
    [InlineData("http://192.0.2.7:5000", null)]
    [InlineData("", null)]
    public void Choose_Addresses_IsOneThatThisMachineReaches(string addresses, string? expected) =>
        LocalAgentAddress.Choose(addresses.Split(';', StringSplitOptions.RemoveEmptyEntries)).ShouldBe(expected);
}
