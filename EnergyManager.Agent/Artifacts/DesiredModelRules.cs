using System.Buffers;
using EnergyManager.Core.Contracts;

namespace EnergyManager.Agent.Artifacts;

/// <summary>What a desired model must look like before anything is done with it: what comes over the wire is not trusted to be a path.</summary>
public static class DesiredModelRules
{
    private static readonly SearchValues<char> InExtensions = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_");

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/\\?#");

    private const string Folder = "/models/";

    /// <summary>Checks every field that is used for files, addresses or arithmetic.</summary>
    /// <exception cref="DeploymentFailedException">A field is not acceptable.</exception>
    public static void Check(DesiredModel model, ArtifactOptions options)
    {
        Require(model.Sha256.Length == 64 && model.Sha256.All(char.IsAsciiHexDigitLower), "sha256", "must be 64 lower-case hex digits");
        Require(model.SizeBytes > 0, "size_bytes", "must be greater than 0");
        Require(
            model.SizeBytes <= options.MaximumBytes,
            "size_bytes",
            $"is {model.SizeBytes}, more than the {options.MaximumBytes} that this agent accepts ({AgentOptions.Section}:Artifacts:MaximumBytes)");
        Require(
            Extension(model).Length is > 1 and <= 16 && Extension(model).AsSpan(1).IndexOfAnyExcept(InExtensions) < 0,
            "file_name",
            "must have an extension of letters and digits");
        Require(IsPath(model.Path, model.Sha256), "path", "must be /models/<file>, or that with ?sha256=<the same sha256>");
        Require(double.IsFinite(model.RatePerSecond) && model.RatePerSecond is >= 0 and <= 10_000, "rate_per_second", "must be between 0 and 10000");
        Require(model.CheckInferences is >= 1 and <= 10_000, "check_inferences", "must be between 1 and 10000");
        Require(model.MaximumLatencyMs is null or > 0, "maximum_latency_ms", "must be greater than 0");
        Require(model.PredictedEnergyPerInferenceMj is null or > 0, "predicted_energy_per_inference_mj", "must be greater than 0");
        Require(model.BudgetEnergyPerInferenceMj is null or > 0, "budget_energy_per_inference_mj", "must be greater than 0");
        Require(model.MaximumEnergyFactor is null or > 1, "maximum_energy_factor", "must be greater than 1");
    }

    /// <summary>Extension of the artifact with the dot, in lower case.</summary>
    public static string Extension(DesiredModel model) => Path.GetExtension(model.FileName).ToLowerInvariant();

    // An address of its own would send the credential to another host, another path the device to another resource.
    private static bool IsPath(string path, string sha256)
    {
        if (!path.StartsWith(Folder, StringComparison.Ordinal))
            return false;
        var name = path[Folder.Length..];
        var version = "?sha256=" + sha256;
        if (name.EndsWith(version, StringComparison.Ordinal))
            name = name[..^version.Length];
        // %2e%2e and %2f mean the same to whoever resolves the address.
        var meant = Uri.UnescapeDataString(name);
        return name.AsSpan().IndexOfAny(NotInNames) < 0 && meant.AsSpan().IndexOfAny('/', '\\') < 0 && meant is not ("" or "." or "..");
    }

    private static void Require(bool ok, string field, string rule)
    {
        if (!ok)
            throw new DeploymentFailedException($"The server asked for a model that this agent does not accept: {field} {rule}.");
    }
}
