using System.Net;

namespace EnergyManager.Tests.Web;

public sealed class OfflinePageTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Page_Asked_SpeaksEveryLanguageAndHoldsNothingElse()
    {
        var html = await server.Http.GetStringAsync("/offline");

        html.ShouldContain("<section data-offline lang=\"en\"");
        html.ShouldContain("<section data-offline lang=\"vi\"");
        WebUtility.HtmlDecode(html).ShouldContain("Không liên lạc được với máy chủ");
    }

    [Fact]
    public async Task Worker_Asked_IsAlwaysCheckedForANewVersion()
    {
        using var answer = await server.Http.GetAsync("/service-worker.js");

        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
        (await answer.Content.ReadAsStringAsync()).ShouldMatch("^const VERSION = \"[0-9a-f]{16}\";\n");
    }

    [Fact]
    public async Task Manifest_Asked_NamesIconsAndPagesThatExist()
    {
        var manifest = await server.GetAsync("/manifest.webmanifest");

        var icons = manifest.GetProperty("icons").EnumerateArray().ToList();
        icons.ShouldContain(icon => icon.GetProperty("purpose").GetString() == "maskable");
        foreach (var path in icons.Select(icon => icon.GetProperty("src").GetString()).Concat(manifest.GetProperty("shortcuts").EnumerateArray().Select(page => page.GetProperty("url").GetString())))
        {
            using var answer = await server.Http.GetAsync(path);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        }
    }
}
