using System.Text.RegularExpressions;
using EnergyManager.Tests.Support;
using Microsoft.Playwright;

namespace EnergyManager.Tests.Browser;

/// <summary>Waits for an address within the dashboard.</summary>
internal static class PageAddress
{
    /// <summary>
    /// Waits until path and query fit. It asks again and again: a page that has changed between Playwright's own look and its waiting
    /// would be waited for in vain, as nothing is loaded anew here.
    /// </summary>
    /// <param name="page">The page.</param>
    /// <param name="pattern">Regular expression for path and query: <c>^/fleet\?q=two$</c>.</param>
    public static async Task ReachesAsync(this IPage page, string pattern)
    {
        try
        {
            await Eventually.ShouldAsync(() => Regex.IsMatch(new Uri(page.Url).PathAndQuery, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"The page stayed at {page.Url}, not {pattern}.", exception);
        }
    }
}
