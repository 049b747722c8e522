namespace EnergyManager.Tests.Browser;

/// <summary>A theory that needs Chromium. Where there is none it is skipped, with what to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute()
    {
        if (ChromiumBrowser.ExecutablePath is null)
            Skip = ChromiumBrowser.MissingMessage;
    }
}
