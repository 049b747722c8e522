namespace EnergyManager.Web.Library.Sources;

/// <summary>What kept the Hub from giving something: what can be done about it depends on it.</summary>
internal enum HubFault
{
    /// <summary>It answered, and the answer is no.</summary>
    Refused,

    /// <summary>The commit that the download was pinned to is gone.</summary>
    RevisionGone,

    /// <summary>The file is not in the repository (any more).</summary>
    FileGone,

    /// <summary>No connection, no answer in time, or one that broke off: worth another attempt.</summary>
    Interrupted,

    /// <summary>It asks for a longer pause than is waited here.</summary>
    Busy,
}

/// <summary>The Hub did not give what was asked for; the message is a clause that follows the Hub's name.</summary>
internal sealed class HubException : Exception
{
    public HubException(string message) : base(message)
    {
    }

    public HubException(string message, Exception innerException) : base(message, innerException)
    {
    }

    public HubFault Fault { get; init; }
}
