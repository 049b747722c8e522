using System.Globalization;
using System.Resources;
using System.Text.Encodings.Web;
using EnergyManager.Web.Components.Layout;
using EnergyManager.Web.Resources;

namespace EnergyManager.Web.Components.Shell;

/// <summary>A page that looks like the dashboard and needs nothing of it.</summary>
internal static class PlainPage
{
    private static readonly ResourceManager Resources = new(typeof(Texts));

    private const string Style = """
        :root { --back: #f4f6f8; --card: #fff; --text: #16212b; --soft: #52606d; --line: #e1e6eb; --main: #0b6b5d; --on: #fff; --warn: #b3261e; }
        html[data-theme="dark"] { --back: #0d1318; --card: #151d25; --text: #e6edf3; --soft: #a2b1be; --line: #26323d; --main: #3fc9b0; --on: #04211c; --warn: #ffb4ab; color-scheme: dark; }
        @media (prefers-color-scheme: dark) {
          html:not([data-theme]) { --back: #0d1318; --card: #151d25; --text: #e6edf3; --soft: #a2b1be; --line: #26323d; --main: #3fc9b0; --on: #04211c; --warn: #ffb4ab; color-scheme: dark; }
        }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
        main { box-sizing: border-box; width: min(34rem, calc(100vw - 2rem)); padding: 2rem; border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
        section + section { margin-top: 1.5rem; }
        h1 { margin: .75rem 0 .5rem; font-size: 1.25rem; }
        p { margin: .25rem 0 1rem; color: var(--soft); overflow-wrap: anywhere; }
        a { color: var(--main); }
        button { padding: .55rem 1rem; border: 0; border-radius: 8px; background: var(--main); color: var(--on); font: inherit; font-weight: 600; cursor: pointer; }
        form { display: grid; gap: .6rem; }
        form h1 { margin-bottom: 0; }
        label { font-weight: 600; }
        input:not([type="hidden"]) { box-sizing: border-box; width: 100%; padding: .55rem .75rem; border: 1px solid var(--soft); border-radius: 8px; background: var(--back); color: var(--text); font: inherit; }
        input:focus-visible { outline: 2px solid var(--main); outline-offset: 1px; }
        form button { margin-top: .4rem; }
        [role="alert"] { min-height: 1.5em; margin: 0; color: var(--warn); }
        a:focus-visible, button:focus-visible { outline: 2px solid var(--main); outline-offset: 3px; }
        [role="status"] { min-height: 1.5em; margin: 1rem 0 0; font-size: .875rem; font-variant-numeric: tabular-nums; }
        [hidden] { display: none; }
        /* Which language is shown its script says: until then nothing, so that nothing jumps. */
        @media (scripting: enabled) { html:not([data-theme]) main:has([data-offline]) { visibility: hidden; } }
        """;

    /// <summary>A text of the dashboard in the language of the request, encoded for HTML.</summary>
    public static string Text(string key) => TextIn(CultureInfo.CurrentUICulture, key);

    /// <summary>A text of the dashboard, encoded for HTML; the key itself where there is none.</summary>
    public static string TextIn(CultureInfo language, string key) => HtmlEncoder.Default.Encode(Resources.GetString(key, language) ?? key);

    /// <summary>The page around its content.</summary>
    /// <param name="language">Language of the content.</param>
    /// <param name="title">Title, encoded.</param>
    /// <param name="content">Content as HTML.</param>
    /// <param name="end">What stands after it, for example a script, as HTML.</param>
    /// <param name="request">Whose choice of light or dark counts; without one the page goes with the system.</param>
    public static string Write(string language, string title, string content, string end = "", HttpRequest? request = null) => $"""
        <!DOCTYPE html>
        <html lang="{language}"{Theme(request)}>
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · EnergyManager</title>
        <link rel="icon" type="image/svg+xml" href="/icons/icon.svg">
        <style>
        {Style}
        </style>
        </head>
        <body>
        <main>
        <img src="/icons/icon.svg" alt="" width="40" height="40">
        {content}
        </main>
        {end}
        </body>
        </html>

        """;

    private static string Theme(HttpRequest? request) => ThemePreference.Parse(request?.Cookies[ThemePreference.Cookie]).Mode switch
    {
        ThemeMode.Light => " data-theme=\"light\"",
        ThemeMode.Dark => " data-theme=\"dark\"",
        _ => "",
    };
}
