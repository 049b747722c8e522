using System.Security.Cryptography;

namespace EnergyManager.Web.Security;

/// <summary>Keys for REST, of the form <c>em_&lt;id&gt;_&lt;secret&gt;</c>.</summary>
internal sealed class ApiKeys(CredentialStore credentials)
{
    private const string Kind = "api";
    private const string Prefix = "em_";
    private const int IdLength = 12;

    /// <summary>Makes a key. It is returned once and cannot be shown again.</summary>
    public Task<string> CreateAsync(string name, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CredentialName.Check(name);
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        var secret = SecretToken.Create();
        credentials.Add(Kind, id, name, secret);
        return Task.FromResult($"{Prefix}{id}_{secret}");
    }

    /// <summary>The identifier of a valid key, or <c>null</c>.</summary>
    public string? Check(string key)
    {
        if (!key.StartsWith(Prefix, StringComparison.Ordinal) || key.Length <= Prefix.Length + IdLength + 1 || key[Prefix.Length + IdLength] != '_')
            return null;
        var id = key.Substring(Prefix.Length, IdLength);
        return credentials.Matches(Kind, id, key[(Prefix.Length + IdLength + 1)..]) ? id : null;
    }

    public IReadOnlyList<CredentialInfo> List() => credentials.List(Kind);

    /// <summary>Takes a key back.</summary>
    /// <returns>False when there is no such key, or it is revoked already.</returns>
    public bool Revoke(string id) => credentials.Revoke(Kind, id);
}
