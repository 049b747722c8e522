namespace EnergyManager.Tests.Browser;

/// <summary>A test that needs a Chromium. Without one it is reported as skipped, with what to install.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (ChromiumBrowser.ExecutablePath is null)
            Skip = ChromiumBrowser.MissingMessage;
    }
}
