using System.Diagnostics;

namespace EnergyManager.Tests.Support;

/// <summary>Waits for something that another process brings about.</summary>
internal static class Eventually
{
    /// <summary>Asks every 100 ms until the answer is not <c>null</c>.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> ask, TimeSpan timeout, Func<string> describe)
        where T : class
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (await ask() is { } answer)
                    return answer;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < timeout)
            {
                // The server is away for now.
            }

            if (Stopwatch.GetElapsedTime(started) >= timeout)
                throw new TimeoutException($"Not within {timeout}: {describe()}");
            await Task.Delay(100);
        }
    }
}
