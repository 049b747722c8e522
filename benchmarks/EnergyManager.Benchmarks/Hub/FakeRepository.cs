using System.Security.Cryptography;

namespace EnergyManager.Benchmarks.Hub;

/// <summary>A repository of <see cref="FakeHub"/>.</summary>
public sealed class FakeRepository(string id, string? license, IReadOnlyDictionary<string, byte[]> files)
{
    private static readonly string[] LargeExtensions = [".onnx", ".safetensors", ".bin", ".onnx_data"];

    public string Id => id;

    public string? License => license;

    public IReadOnlyDictionary<string, byte[]> Files => files;

    /// <summary>The newest commit, the only one that there is.</summary>
    public string Commit { get; set; } = NewCommit();

    /// <summary>Whether a file is kept outside git and comes from the content network. As on the Hub, its kind decides.</summary>
    public bool IsLarge(string path) => LargeExtensions.Contains(Path.GetExtension(path), StringComparer.Ordinal) && !SmallFiles;

    /// <summary>Keeps every file in git.</summary>
    public bool SmallFiles { get; set; }

    public static string NewCommit() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
}

/// <summary>A request that <see cref="FakeHub"/> answered.</summary>
/// <param name="Host"><c>hub</c> or <c>cdn</c>.</param>
/// <param name="Path">Path.</param>
/// <param name="Authorization">Header, empty when there was none.</param>
/// <param name="Range">Header, empty when there was none.</param>
/// <param name="IfRange">Header, empty when there was none.</param>
/// <param name="AcceptEncoding">Header, empty when there was none.</param>
public sealed record FakeRequest(string Host, string Path, string Authorization, string Range, string IfRange, string AcceptEncoding)
{
    /// <summary>Bytes of the file's content that were sent.</summary>
    internal long Sent;

    public int Status { get; set; }

    public override string ToString() => $"{Host} {Status} {Path} {Range} {(Authorization.Length > 0 ? "with token" : "")}".TrimEnd();
}
