using System.Net;

namespace EnergyManager.Tests.Web;

public sealed class PagePaintTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    // The browser compares the whole address with its own, so that one without path and query would wait for nothing.
    [Theory]
    [InlineData("/")]
    [InlineData("/monitoring?range=1h&view=health")]
    [InlineData("/glossary?q=n%C4%83ng%20l%C6%B0%E1%BB%A3ng")]
    public async Task Page_Painted_WaitsForItsOwnEnd(string address)
    {
        var html = WebUtility.HtmlDecode(await server.Http.GetStringAsync(address));

        html.ShouldContain($"<link rel=\"expect\" href=\"{address}#page-end\" blocking=\"render\"");
        html.IndexOf("id=\"page-end\"", StringComparison.Ordinal).ShouldBeGreaterThan(html.IndexOf("</main>", StringComparison.Ordinal));
    }
}
