using EnergyManager.Agent.LocalApi;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.LocalApi;

public sealed class LocalApiOptionsTests
{
    private static readonly string Enough = new('x', LocalApiOptions.LeastTokenLength);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.7")]
    [InlineData("::")]
    public void Problems_OthersCanReachIt_WantATokenInOneSentence(string address)
    {
        new LocalApiOptions { Address = address }.Problems().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            problem => problem.Field.ShouldBe("Address"),
            problem => problem.Rule.ShouldContain("LocalApi:Token"));
        new LocalApiOptions { Address = address, Token = Enough }.Problems().ShouldBeEmpty();
        new LocalApiOptions { Address = address, Port = 0 }.Problems().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("::1")]
    public void Problems_Loopback_NeedsNoToken(string address) => new LocalApiOptions { Address = address }.Problems().ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("31 characters with blanks in them")]
    public void Problems_WeakToken_IsRefusedWithoutShowingIt(string token)
    {
        var (field, rule) = new LocalApiOptions { Token = token }.Problems().ShouldHaveSingleItem();

        field.ShouldBe("Token");
        if (token.Length > 0)
            rule.ShouldNotContain(token);
    }

    [Fact]
    public void Problems_TokenFile_IsReadAndChecked()
    {
        using var directory = new TemporaryDirectory();
        var file = Path.Combine(directory.Path, "token");

        new LocalApiOptions { TokenFile = file }.Problems().ShouldHaveSingleItem().Rule.ShouldContain("cannot be read");
        File.WriteAllText(file, "short\n");
        new LocalApiOptions { TokenFile = file }.Problems().ShouldHaveSingleItem().Field.ShouldBe("TokenFile");
        File.WriteAllText(file, $"{Enough}\n");
        var options = new LocalApiOptions { TokenFile = file, Address = "0.0.0.0" };
        options.Problems().ShouldBeEmpty();
        options.ReadToken().ShouldBe(Enough);
        new LocalApiOptions { TokenFile = file, Token = Enough }.Problems().ShouldHaveSingleItem().Rule.ShouldContain("both set");
    }

    [Theory]
    [InlineData("board.local", 5055, 16, 65536L, "Address")]
    [InlineData("127.0.0.1", -1, 16, 65536L, "Port")]
    [InlineData("127.0.0.1", 65536, 16, 65536L, "Port")]
    [InlineData("127.0.0.1", 5055, 0, 65536L, "MaximumConnections")]
    [InlineData("127.0.0.1", 5055, 16, 1023L, "MaximumBodyBytes")]
    public void Problems_OutOfRange_NamesTheField(string address, int port, int connections, long body, string field) =>
        new LocalApiOptions { Address = address, Port = port, MaximumConnections = connections, MaximumBodyBytes = body }
            .Problems().ShouldHaveSingleItem().Field.ShouldBe(field);
}
