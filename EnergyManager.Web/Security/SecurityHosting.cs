using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace EnergyManager.Web.Security;

/// <summary>Registers who may do what, and puts the checks in front of everything.</summary>
internal static class SecurityHosting
{
    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<DeviceCredentials>();
        services.AddSingleton<Passwords>();
        services.AddAuthentication(ManagerAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ManagerAuthentication>(ManagerAuthentication.SchemeName, null)
            .AddCookie(CookieAuthenticationDefaults.AuthenticationScheme);
        services.AddManagerPolicies();
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            if (CrossSiteGuard.Refusal(context.Request) is { } refusal)
                await Results.Problem(refusal, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
            else
                await next(context);
        });
        app.UseAuthentication();
        app.UseAuthorization();
    }
}
