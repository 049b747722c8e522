using System.Security.Cryptography;
using Dapper;
using EnergyManager.Web.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace EnergyManager.Web.Security;

/// <summary>The one password of the dashboard.</summary>
internal sealed class Passwords(Database database)
{
    private const int MinimumLength = 10;
    private const int MaximumLength = 200;
    private const string HashSetting = "password";
    private const string StampSetting = "password_stamp";

    // https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html: 210,000 rounds of PBKDF2-HMAC-SHA512.
    private static readonly PasswordHasher<Passwords> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    /// <summary>Whether one is set.</summary>
    public bool IsSet => Read(HashSetting) is not null;

    /// <summary>Changes with every new password: sessions of an earlier one end.</summary>
    public string Stamp => Read(StampSetting) ?? "";

    /// <summary>Sets the password and ends every session of the one before.</summary>
    /// <exception cref="ArgumentException">Too short or too long.</exception>
    public Task SetAsync(string password, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (password.Length is < MinimumLength or > MaximumLength)
            throw new ArgumentException($"The password must have {MinimumLength} to {MaximumLength} characters.", nameof(password));
        using var connection = database.Open();
        connection.Execute(
            "INSERT OR REPLACE INTO setting (name, value) VALUES (@HashSetting, @hash), (@StampSetting, @stamp)",
            new { HashSetting, StampSetting, hash = Hasher.HashPassword(this, password), stamp = RandomNumberGenerator.GetHexString(16) });
        return Task.CompletedTask;
    }

    public bool Verify(string password) =>
        password.Length <= MaximumLength
        && Read(HashSetting) is { } hash
        && Hasher.VerifyHashedPassword(this, hash, password) != PasswordVerificationResult.Failed;

    private string? Read(string name)
    {
        using var connection = database.Open();
        return connection.QuerySingleOrDefault<string>("SELECT value FROM setting WHERE name = @name", new { name });
    }
}
