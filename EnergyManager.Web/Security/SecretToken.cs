using System.Buffers.Text;
using System.Security.Cryptography;

namespace EnergyManager.Web.Security;

/// <summary>
/// Secrets that this server makes: 256 random bits. A fast hash keeps them safe at rest, as nobody can guess the input; slow
/// hashes are for what people think up.
/// </summary>
internal static class SecretToken
{
    private const int Bytes = 32;

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    public static byte[] Hash(string secret) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret));

    /// <summary>Compares in constant time.</summary>
    public static bool Matches(string secret, byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash(secret), hash);
}
