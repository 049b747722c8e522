using System.Diagnostics;
using System.Text.Encodings.Web;
using EnergyManager.Web.Components.Layout;

namespace EnergyManager.Web.Components.Shell;

/// <summary>
/// What a person reads when a page could not be made at all. It needs nothing of the dashboard, as that may be what failed, and
/// tells no more than the trace under which the log has the reason.
/// </summary>
internal static partial class ErrorPage
{
    /// <summary>Puts the page in place of an empty answer, for the requests that want one.</summary>
    public static void UseErrorPage(this IApplicationBuilder app, Func<HttpContext, bool> wanted)
    {
        var logger = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorPage));
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception exception) when (wanted(context) && !context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
            {
                var trace = Activity.Current?.Id ?? context.TraceIdentifier;
                LogFailure(logger, context.Request.Path, trace, exception);
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                context.Response.ContentType = "text/html; charset=utf-8";
                await context.Response.WriteAsync(Write(trace, context.Request), context.RequestAborted);
            }
        });
    }

    private static string Write(string trace, HttpRequest request) =>
        PlainPage.Write(DashboardLanguages.Current.Culture, PlainPage.Text("Error_Title"), $"""
            <h1>{PlainPage.Text("Error_Title")}</h1>
            <p>{PlainPage.Text("Error_Server")}</p>
            <p><code>{HtmlEncoder.Default.Encode(trace)}</code></p>
            <p><a href="">{PlainPage.Text("Error_Retry")}</a> · <a href="/">{PlainPage.Text("Nav_Deployment")}</a></p>
            """, request: request);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Path} could not be shown (trace {Trace})")]
    private static partial void LogFailure(ILogger logger, PathString path, string trace, Exception exception);
}
