using System.Net;

namespace EnergyManager.Agent.LocalApi;

/// <summary>The agent's own HTTP interface.</summary>
public sealed class LocalApiOptions
{
    /// <summary>Fewest characters of a token: 32 of them, drawn at random, cannot be guessed.</summary>
    public const int LeastTokenLength = 32;

    /// <summary>Address that it listens on. Any other than loopback needs a token.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>TCP port; 0 switches the interface off.</summary>
    public int Port { get; set; } = 5055;

    /// <summary>What every request must carry as <c>Authorization: Bearer</c>. Optional on loopback.</summary>
    public string? Token { get; set; }

    /// <summary>File whose first line is the token.</summary>
    public string? TokenFile { get; set; }

    /// <summary>Most connections at a time.</summary>
    public int MaximumConnections { get; set; } = 16;

    /// <summary>Largest body of a request that brings figures or settings, in bytes.</summary>
    public long MaximumBodyBytes { get; set; } = 64 * 1024;

    /// <summary>The token, or <c>null</c> when none is set.</summary>
    /// <exception cref="AgentStartException">The token file cannot be read.</exception>
    public string? ReadToken()
    {
        if (TokenFile is null)
            return Token;
        try
        {
            return File.ReadLines(TokenFile).FirstOrDefault()?.Trim() ?? "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"{AgentOptions.Section}:LocalApi:TokenFile {TokenFile} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>What is wrong with these settings: the field and a rule.</summary>
    public IEnumerable<(string Field, string Rule)> Problems()
    {
        if (Port is < 0 or > 65535)
            yield return ("Port", $"is {Port}; it must be between 0 and 65535.");
        if (MaximumConnections is < 1 or > 10_000)
            yield return ("MaximumConnections", $"is {MaximumConnections}; it must be between 1 and 10000.");
        if (MaximumBodyBytes is < 1024 or > 64 * 1024 * 1024)
            yield return ("MaximumBodyBytes", $"is {MaximumBodyBytes}; it must be between 1024 and {64 * 1024 * 1024}.");
        if (Token is not null && TokenFile is not null)
            yield return ("TokenFile", "and Token are both set; set one of them.");
        if (!IPAddress.TryParse(Address, out var address))
        {
            yield return ("Address", $"is '{Address}'; it must be an IP address such as 127.0.0.1 or 0.0.0.0.");
            yield break;
        }
        string? token = null;
        string? unreadable = null;
        try
        {
            token = ReadToken();
        }
        catch (AgentStartException exception)
        {
            unreadable = exception.InnerException?.Message;
        }
        // The value itself is a secret: it never goes into a message.
        if (unreadable is not null)
            yield return ("TokenFile", $"is '{TokenFile}', which cannot be read: {unreadable}");
        else if (token is not null && (token.Length < LeastTokenLength || token.Any(c => c is <= ' ' or >= (char)127)))
            yield return (TokenFile is null ? "Token" : "TokenFile", $"must give at least {LeastTokenLength} visible ASCII characters.");
        else if (token is null && Port != 0 && !IPAddress.IsLoopback(address))
            yield return ("Address", $"is {Address}, which others can reach: set LocalApi:Token or LocalApi:TokenFile, or go back to 127.0.0.1.");
    }
}
