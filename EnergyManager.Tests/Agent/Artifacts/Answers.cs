using Microsoft.AspNetCore.Http;

namespace EnergyManager.Tests.Agent.Artifacts;

/// <summary>Answers for <see cref="ArtifactServer.Script"/>.</summary>
internal static class Answers
{
    public static Task<bool> StatusAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.FromResult(true);
    }

    public static async Task<bool> SendAsync(HttpContext context, byte[] content)
    {
        await context.Response.Body.WriteAsync(content);
        return true;
    }

    public static async Task<bool> BreakOffAsync(HttpContext context, byte[] content, int bytes)
    {
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content.AsMemory(0, bytes));
        await context.Response.Body.FlushAsync();
        await Task.Delay(100);
        context.Abort();
        return true;
    }
}
