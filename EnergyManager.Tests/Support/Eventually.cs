using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace EnergyManager.Tests.Support;

/// <summary>Waits for something that another process brings about.</summary>
internal static class Eventually
{
    /// <summary>
    /// How long a test waits for what must come. It is no measurement: on a busy machine the same thing may take ten times as long, and
    /// a wait that ends as soon as it can costs nothing to be long.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    /// <summary>
    /// Moves a clock on until it is so. What waits on the clock begins to wait on another thread, so one step is not always enough.
    /// </summary>
    public static Task ShouldAsync(FakeTimeProvider clock, TimeSpan step, Func<bool> isSo) => ShouldAsync(clock, step, () => Task.FromResult(isSo()));

    /// <inheritdoc cref="ShouldAsync(FakeTimeProvider, TimeSpan, Func{bool})"/>
    public static Task ShouldAsync(FakeTimeProvider clock, TimeSpan step, Func<Task<bool>> isSo) => ShouldAsync(async () =>
    {
        if (await isSo())
            return true;
        clock.Advance(step);
        return false;
    });

    /// <summary>Asks every 10 ms until it is so.</summary>
    public static Task ShouldAsync(Func<bool> isSo) => ShouldAsync(() => Task.FromResult(isSo()));

    /// <summary>Asks every 10 ms until it is so.</summary>
    public static async Task ShouldAsync(Func<Task<bool>> isSo)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await isSo())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Not so within {Patience.TotalSeconds:0} s.");
            await Task.Delay(10);
        }
    }
}
