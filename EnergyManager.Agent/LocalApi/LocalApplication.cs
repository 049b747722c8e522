using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace EnergyManager.Agent.LocalApi;

/// <summary>What happens to every request of the local interface: who asks, what is asked, an answer, and no error without words.</summary>
public sealed class LocalApplication(LocalGuard guard, LocalRoutes routes, ILogger logger) : IHttpApplication<HttpContext>
{
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // The context owns nothing.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        try
        {
            guard.Check(context.Request);
            var route = routes.Find(context.Request);
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = route.MaximumBodyBytes;
            await route.Handler(context);
        }
        catch (LocalProblemException problem)
        {
            await AnswerAsync(context, problem);
        }
        catch (BadHttpRequestException bad)
        {
            await AnswerAsync(context, new LocalProblemException(bad.StatusCode, bad.Message, bad));
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone.
        }
        catch (Exception exception)
        {
            logger.LogError(exception, "{Method} {Path} of the local interface failed.", context.Request.Method, context.Request.Path);
            await AnswerAsync(context, new LocalProblemException(StatusCodes.Status500InternalServerError, "The agent failed to answer; its log has the reason."));
        }
    }

    private static Task AnswerAsync(HttpContext context, LocalProblemException problem) =>
        context.Response.HasStarted ? Task.CompletedTask : context.Response.WriteProblemAsync(problem.ToProblem());
}
