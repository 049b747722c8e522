using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Security;

/// <summary>Registers who may do what, and puts the checks in front of everything.</summary>
internal static class SecurityHosting
{
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(12);

    public static void AddSecurity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<CredentialStore>();
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<DeviceCredentials>();
        services.AddSingleton<Passwords>();
        services.AddAuthentication(ManagerAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ManagerAuthentication>(ManagerAuthentication.SchemeName, null)
            .AddCookie(CookieAuthenticationDefaults.AuthenticationScheme, ConfigureCookie);
        services.AddManagerPolicies();
        services.AddAntiforgery();
        services.AddLoginLimit();

        services.AddDataProtection().SetApplicationName("EnergyManager");
        services.AddOptions<KeyManagementOptions>().Configure<DataFolder, ILoggerFactory>((keys, folder, logger) =>
            keys.XmlRepository = new FileSystemXmlRepository(new DirectoryInfo(folder.Folder("keys")), logger));
        // It warns that keys are not encrypted at rest: they lie in a folder that only their owner can read.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);

        services.AddOptions<KestrelServerOptions>().Configure<Passwords, IOptions<ManagerOptions>>((kestrel, passwords, options) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = options.Value.Caps.RequestBodyBytes;
            kestrel.ConfigureEndpointDefaults(endpoint => BindGuard.Check(endpoint, passwords));
        });
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.Use(async (context, next) =>
        {
            SecurityHeaders.Write(context.Response.Headers);
            if (CrossSiteGuard.Refusal(context.Request) is { } refusal)
                await Results.Problem(refusal, statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
            else
                await next(context);
        });
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapLogin();
    }

    private static void ConfigureCookie(CookieAuthenticationOptions cookie)
    {
        cookie.Cookie.Name = "energymanager";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.ExpireTimeSpan = SessionLength;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = LoginPage.Path;
        cookie.Events.OnValidatePrincipal = context =>
        {
            var passwords = context.HttpContext.RequestServices.GetRequiredService<Passwords>();
            if (context.Principal?.FindFirst(LoginPage.StampClaim)?.Value is not { Length: > 0 } stamp || stamp != passwords.Stamp)
                context.RejectPrincipal();
            return Task.CompletedTask;
        };
    }

    private static void AddLoginLimit(this IServiceCollection services) => services.AddRateLimiter(limiter =>
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.OnRejected = (rejected, _) => new ValueTask(
            LoginPage.RefuseAsync(rejected.HttpContext, rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null));
        limiter.AddPolicy(LoginPage.RateLimit, context =>
        {
            var attempts = context.RequestServices.GetRequiredService<IOptions<ManagerOptions>>().Value.Caps.LoginAttemptsPerMinute;
            return RateLimitPartition.GetFixedWindowLimiter(
                Network(context.Connection.RemoteIpAddress),
                _ => new FixedWindowRateLimiterOptions { PermitLimit = Math.Max(1, attempts), Window = TimeSpan.FromMinutes(1) });
        });
    });

    // One IPv6 customer has a whole /64 to ask from.
    private static string Network(IPAddress? address) =>
        address is null ? ""
        : address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8))
        : address.MapToIPv4().ToString();
}
