using System.Globalization;
using System.Security.Claims;
using EnergyManager.Web.Components.Shell;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

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
    private const string ReturnUrl = "return_url";

    public static void MapLogin(this WebApplication app)
    {
        app.MapGet(Path, (HttpContext context, [FromQuery(Name = ReturnUrl)] string? returnUrl) =>
            Page(context, returnUrl, SignInProblem.None, StatusCodes.Status200OK)).AllowAnonymous().ExcludeFromDescription();

        // The token is looked at here and not by the framework, whose refusal is an empty page.
        app.MapPost(Path, async (HttpContext context, IAntiforgery antiforgery, Passwords passwords,
            [FromForm] string? password, [FromQuery(Name = ReturnUrl)] string? returnUrl) =>
        {
            if (!await antiforgery.IsRequestValidAsync(context))
                return Page(context, returnUrl, SignInProblem.OldForm, StatusCodes.Status400BadRequest);
            if (!passwords.Verify(password ?? ""))
                return Page(context, returnUrl, SignInProblem.WrongPassword, StatusCodes.Status401Unauthorized);
            var identity = new ClaimsIdentity([new Claim(StampClaim, passwords.Stamp)], CookieAuthenticationDefaults.AuthenticationScheme);
            await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
            return Results.Redirect(LocalPath(returnUrl));
        }).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(RateLimit).ExcludeFromDescription();

        app.MapPost("/logout", async (HttpContext context) =>
        {
            await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.Redirect(Path);
        }).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>A path of this server, whatever was asked for: <c>//other.example</c> is another server.</summary>
    public static string LocalPath(string? returnUrl) =>
        returnUrl is ['/'] or ['/', not ('/' or '\\'), ..] && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    /// <summary>The answer to one attempt too many.</summary>
    /// <param name="context">The request, which nothing has been read of but its head.</param>
    /// <param name="wait">Until the next attempt is allowed, where it is known.</param>
    public static Task RefuseAsync(HttpContext context, TimeSpan? wait)
    {
        if (wait is { } known)
            context.Response.Headers.RetryAfter = Math.Ceiling(known.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return Page(context, context.Request.Query[ReturnUrl], SignInProblem.TooManyAttempts, StatusCodes.Status429TooManyRequests).ExecuteAsync(context);
    }

    // Where to go afterwards is part of the address: what refuses an attempt knows it without reading the form.
    private static IResult Page(HttpContext context, string? returnUrl, SignInProblem problem, int status)
    {
        var token = context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context);
        var hidden = new Dictionary<string, string>(StringComparer.Ordinal) { [token.FormFieldName] = token.RequestToken ?? "" };
        if (!context.RequestServices.GetRequiredService<Passwords>().IsSet)
            problem = SignInProblem.NoPassword;
        return Results.Content(SignInPage.Write(QueryHelpers.AddQueryString(Path, ReturnUrl, LocalPath(returnUrl)), hidden, problem, context.Request), "text/html; charset=utf-8", statusCode: status);
    }
}
