using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EnergyManager.Web.Components.Layout;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace EnergyManager.Web.Components.Shell;

/// <summary>
/// What a browser shows while the server is away: a page that the service worker keeps, in every language of the dashboard, as
/// nobody is there to ask for another one. It holds no figure and no credential, so it is open to everybody.
/// </summary>
internal sealed class OfflinePage
{
    public const string Path = "/offline";
    public const string WorkerPath = "/service-worker.js";

    // What the worker keeps beside the page itself.
    private static readonly string[] Kept = ["js/offline.js", "icons/icon.svg"];

    private readonly string _worker;

    public OfflinePage(IWebHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Html = Write();
        var script = Read(environment.WebRootFileProvider, "js/service-worker.js");
        // A new text, style or script is a new version: the browser compares the worker byte by byte.
        Version = Fingerprint([Html, script, .. Kept.Select(file => Read(environment.WebRootFileProvider, file))]);
        _worker = $"const VERSION = \"{Version}\";\n{script}";
    }

    /// <summary>The page.</summary>
    public string Html { get; }

    /// <summary>Fingerprint of all that the worker keeps.</summary>
    public string Version { get; }

    public static void Map(WebApplication app)
    {
        app.MapGet(Path, (HttpContext context, OfflinePage page) => Fresh(context, page.Html, "text/html; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        // At the root: a worker answers for the folder that it comes from.
        app.MapGet(WorkerPath, (HttpContext context, OfflinePage page) => Fresh(context, page._worker, "text/javascript; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Fresh(HttpContext context, string content, string type)
    {
        context.Response.Headers[HeaderNames.CacheControl] = "no-cache";
        return Results.Content(content, type);
    }

    private static string Write()
    {
        var sections = new StringBuilder();
        foreach (var language in DashboardLanguages.All)
        {
            string Text(string key) => PlainPage.TextIn(CultureInfo.GetCultureInfo(language.Culture), key);
            sections.Append(CultureInfo.InvariantCulture, $"""
                <section data-offline lang="{language.Culture}" data-trying="{Text("Offline_Trying")}" data-title="{Text("Offline_Title")}">
                <h1>{Text("Offline_Title")}</h1>
                <p>{Text("Offline_Body")}</p>
                <button type="button">{Text("Offline_Retry")}</button>
                <p role="status"></p>
                </section>

                """);
        }

        var first = CultureInfo.GetCultureInfo(DashboardLanguages.All[0].Culture);
        return PlainPage.Write(first.Name, PlainPage.TextIn(first, "Offline_Title"), sections.ToString(), """<script src="/js/offline.js"></script>""");
    }

    private static string Read(IFileProvider files, string path)
    {
        using var reader = new StreamReader(files.GetFileInfo(path).CreateReadStream());
        return reader.ReadToEnd();
    }

    private static string Fingerprint(IEnumerable<string> contents) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', contents))))[..16];
}
