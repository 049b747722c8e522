using System.Net;
using EnergyManager.Web.Components.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace EnergyManager.Tests.Web;

public sealed class ErrorPageTests
{
    [Fact]
    public async Task Page_ThatFails_SaysSoWithoutTheReason()
    {
        await using var app = await StartAsync(wanted: true);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(app.Urls.First());

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
        var html = await answer.Content.ReadAsStringAsync();
        html.ShouldContain("<h1>");
        html.ShouldContain("<code>");
        html.ShouldNotContain("secret of the database");
    }

    [Fact]
    public async Task Answer_ToAProgram_IsLeftToOthers()
    {
        await using var app = await StartAsync(wanted: false);
        using var http = new HttpClient();

        using var answer = await http.GetAsync(app.Urls.First());

        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    private static async Task<WebApplication> StartAsync(bool wanted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.UseErrorPage(_ => wanted);
        app.Run(_ => throw new InvalidOperationException("secret of the database"));
        await app.StartAsync();
        return app;
    }
}
