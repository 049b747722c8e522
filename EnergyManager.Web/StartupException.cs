namespace EnergyManager.Web;

/// <summary>The server cannot start. The message is one sentence for the person who started it, with the way out.</summary>
public sealed class StartupException : Exception
{
    public StartupException() : this("The server cannot start.")
    {
    }

    public StartupException(string message) : base(message)
    {
    }

    public StartupException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
