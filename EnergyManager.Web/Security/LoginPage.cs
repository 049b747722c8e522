using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;

namespace EnergyManager.Web.Security;

/// <summary>
/// Sign-in for browsers on other machines: one plain page that needs nothing else of the server, as everything else is closed
/// to whoever sees it.
/// </summary>
internal static class LoginPage
{
    public const string Path = "/login";
    public const string StampClaim = "password_stamp";
    public const string RateLimit = "login";

    public static void MapLogin(this WebApplication app)
    {
        app.MapGet(Path, (HttpContext context, IAntiforgery antiforgery, Passwords passwords, [FromQuery(Name = "return_url")] string? returnUrl) =>
            Page(context, antiforgery, passwords, returnUrl, wrong: false)).AllowAnonymous().ExcludeFromDescription();

        app.MapPost(Path, async (HttpContext context, IAntiforgery antiforgery, Passwords passwords,
            [FromForm] string? password, [FromForm(Name = "return_url")] string? returnUrl) =>
        {
            if (!passwords.Verify(password ?? ""))
                return Page(context, antiforgery, passwords, returnUrl, wrong: true);
            var identity = new ClaimsIdentity([new Claim(StampClaim, passwords.Stamp)], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
            return Results.Redirect(LocalPath(returnUrl));
        }).AllowAnonymous().RequireRateLimiting(RateLimit).ExcludeFromDescription();

        app.MapPost("/logout", async (HttpContext context) =>
        {
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.Redirect(Path);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>A path of this server, whatever was asked for: <c>//other.example</c> is another server.</summary>
    public static string LocalPath(string? returnUrl) =>
        returnUrl is ['/'] or ['/', not ('/' or '\\'), ..] && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, Passwords passwords, string? returnUrl, bool wrong)
    {
        var text = context.Request.GetTypedHeaders().AcceptLanguage is { Count: > 0 } languages
            && languages.OrderByDescending(language => language.Quality ?? 1).First().Value.StartsWith("vi", StringComparison.OrdinalIgnoreCase)
            ? Text.Vietnamese
            : Text.English;
        var token = antiforgery.GetAndStoreTokens(context);
        var encode = HtmlEncoder.Default;
        var message = !passwords.IsSet ? text.NoPassword : wrong ? text.Wrong : "";
        var html = $$"""
            <!DOCTYPE html>
            <html lang="{{text.Language}}">
            <head>
            <meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{{text.Title}} - EnergyManager</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; display: grid; place-items: center; min-height: 90vh; margin: 0; }
            form { width: min(20rem, 90vw); display: grid; gap: .75rem; }
            h1 { font-size: 1.25rem; margin: 0; }
            input, button { font: inherit; padding: .6rem .75rem; }
            p { margin: 0; min-height: 1.5em; }
            </style>
            </head>
            <body><main>
            <form method="post" action="{{Path}}">
            <h1>EnergyManager</h1>
            <label for="password">{{text.Password}}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
            <input type="hidden" name="return_url" value="{{encode.Encode(LocalPath(returnUrl))}}">
            <input type="hidden" name="{{encode.Encode(token.FormFieldName)}}" value="{{encode.Encode(token.RequestToken ?? "")}}">
            <button type="submit">{{text.Title}}</button>
            <p role="alert">{{encode.Encode(message)}}</p>
            </form>
            </main></body>
            </html>
            """;
        return Results.Content(html, "text/html; charset=utf-8", statusCode: wrong ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
    }

    private sealed record Text(string Language, string Title, string Password, string Wrong, string NoPassword)
    {
        public static readonly Text English = new("en", "Sign in", "Password", "The password is wrong.",
            "No password is set yet: set one on the server with 'user set-password'.");

        public static readonly Text Vietnamese = new("vi", "Đăng nhập", "Mật khẩu", "Mật khẩu không đúng.",
            "Chưa đặt mật khẩu: hãy đặt trên máy chủ bằng lệnh 'user set-password'.");
    }
}
