namespace EnergyManager.Web.Library.Sources;

/// <summary>The Hub did not give what was asked for; the message is a clause that follows the Hub's name.</summary>
internal sealed class HubException : Exception
{
    public HubException(string message) : base(message)
    {
    }

    public HubException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
