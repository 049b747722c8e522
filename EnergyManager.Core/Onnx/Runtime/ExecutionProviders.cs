using Microsoft.ML.OnnxRuntime;

namespace EnergyManager.Core.Onnx.Runtime;

/// <summary>Names of execution providers, as options use them, and what this build of ONNX Runtime has of them.</summary>
public static class ExecutionProviders
{
    /// <summary>The provider that every build has.</summary>
    public const string Cpu = "cpu";

    private const string Suffix = "ExecutionProvider";

    /// <summary>Providers of the loaded native library, in lower case: <c>CPUExecutionProvider</c> is <c>cpu</c>.</summary>
    public static IReadOnlyList<string> Available() =>
        [.. OrtEnv.Instance().GetAvailableProviders().Select(ShortName).Order(StringComparer.Ordinal)];

    internal static void Append(SessionOptions session, string provider, string fileName)
    {
        if (string.Equals(provider, Cpu, StringComparison.OrdinalIgnoreCase))
            return;
        var available = Available();
        if (!available.Contains(provider, StringComparer.OrdinalIgnoreCase))
        {
            throw new OnnxRunnerException(
                $"The execution provider '{provider}' is not in this build of ONNX Runtime, which has: {string.Join(", ", available)}. "
                + "Use one of these, or install a build of the library for this device.")
            { FileName = fileName };
        }

        switch (provider.ToLowerInvariant())
        {
            case "cuda":
                session.AppendExecutionProvider_CUDA();
                break;
            case "tensorrt":
                session.AppendExecutionProvider_Tensorrt();
                break;
            default:
                session.AppendExecutionProvider(provider.ToUpperInvariant());
                break;
        }
    }

    private static string ShortName(string name) =>
        (name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name).ToLowerInvariant();
}
