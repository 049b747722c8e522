using Dapper;
using EnergyManager.Web.Storage;

namespace EnergyManager.Web.Security;

/// <summary>A credential without its secret.</summary>
internal sealed record CredentialInfo(string Id, string Name, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);

/// <summary>Hashed secrets of API keys (<c>api</c>) and devices (<c>device</c>).</summary>
internal sealed class CredentialStore(Database database, TimeProvider time)
{
    // What an unknown identifier is compared with, so that it takes as long as a known one.
    private static readonly byte[] NoHash = SecretToken.Hash("");

    public void Add(string kind, string id, string name, string secret)
    {
        using var connection = database.Open();
        connection.Execute(
            "INSERT INTO credential (id, kind, name, hash, created_at) VALUES (@id, @kind, @name, @hash, @now)",
            new { id, kind, name, hash = SecretToken.Hash(secret), now = time.GetUtcNow().ToUnixTimeMilliseconds() });
    }

    public bool Matches(string kind, string id, string secret)
    {
        using var connection = database.Open();
        var hash = connection.QuerySingleOrDefault<byte[]>(
            "SELECT hash FROM credential WHERE id = @id AND kind = @kind AND revoked_at IS NULL", new { id, kind });
        return SecretToken.Matches(secret, hash ?? NoHash) && hash is not null;
    }

    /// <summary>Whether there is such a credential and it was not revoked.</summary>
    public bool IsActive(string kind, string id)
    {
        using var connection = database.Open();
        return connection.ExecuteScalar<long>(
            "SELECT COUNT(*) FROM credential WHERE id = @id AND kind = @kind AND revoked_at IS NULL", new { id, kind }) > 0;
    }

    public IReadOnlyList<CredentialInfo> List(string kind)
    {
        using var connection = database.Open();
        return [.. connection.Query<(string Id, string Name, long Created, long? Revoked)>(
                "SELECT id, name, created_at, revoked_at FROM credential WHERE kind = @kind ORDER BY created_at", new { kind })
            .Select(row => new CredentialInfo(row.Id, row.Name, DateTimeOffset.FromUnixTimeMilliseconds(row.Created),
                row.Revoked is { } revoked ? DateTimeOffset.FromUnixTimeMilliseconds(revoked) : null))];
    }

    /// <summary>Gives a credential another secret; a revoked one is valid again.</summary>
    /// <returns>False when there is no such credential.</returns>
    public bool Replace(string kind, string id, string secret)
    {
        using var connection = database.Open();
        return connection.Execute(
            "UPDATE credential SET hash = @hash, revoked_at = NULL WHERE id = @id AND kind = @kind", new { id, kind, hash = SecretToken.Hash(secret) }) > 0;
    }

    /// <summary>Ends a credential.</summary>
    /// <returns>False when there is no such credential, or it is revoked already.</returns>
    public bool Revoke(string kind, string id)
    {
        using var connection = database.Open();
        return connection.Execute(
            "UPDATE credential SET revoked_at = @now WHERE id = @id AND kind = @kind AND revoked_at IS NULL",
            new { id, kind, now = time.GetUtcNow().ToUnixTimeMilliseconds() }) > 0;
    }
}
