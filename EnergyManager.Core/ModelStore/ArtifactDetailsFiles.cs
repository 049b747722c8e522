using System.Text.Json;
using System.Text.Json.Serialization;
using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Inspection;

namespace EnergyManager.Core.ModelStore;

/// <summary>
/// Reads what the bytes of artifacts say of them, once for each content: <c>.details/&lt;sha256&gt;.json</c>. They are read
/// again by a program that may read more out of them.
/// </summary>
public sealed class ArtifactDetailsFiles
{
    private const string Folder = ".details";
    private const int MaximumBytes = 1024 * 1024;
    private const int MaximumRemembered = 2000;

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    // Changes with every change of the code that counts, and with nothing else, as builds are deterministic.
    private static readonly Guid Reader = typeof(OnnxInspector).Module.ModuleVersionId;

    private readonly IModelStore _store;
    private readonly InspectorLimits _limits;
    private readonly RecentlyUsed<ArtifactDetails> _remembered = new(MaximumRemembered);

    /// <summary>Details of the artifacts of a store.</summary>
    /// <param name="store">The store.</param>
    /// <param name="limits">Caps on what is read.</param>
    public ArtifactDetailsFiles(IModelStore store, InspectorLimits limits)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _limits = limits;
    }

    /// <summary>What the bytes of an artifact say.</summary>
    /// <param name="artifact">The artifact; its content need not be the newest of its name.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Without figures when the format has none or the file cannot be read; the notes say why.</returns>
    public async Task<ArtifactDetails> ReadAsync(ModelArtifact artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        if (_remembered.Find(Key(artifact)) is { } remembered)
            return remembered;
        var path = Path.Combine(_store.Directory, Folder, Key(artifact) + ".json");
        if (TryLoad(path) is not { } details)
        {
            await using var content = await _store.OpenContentAsync(artifact.Sha256, cancellationToken);
            if (content is null)
                return new ArtifactDetails { Notes = ["The content is missing or damaged."] };
            details = await Task.Run(() => Read(artifact.Format, content, cancellationToken), cancellationToken);
            TrySave(path, details);
        }

        _remembered.Set(Key(artifact), details);
        return details;
    }

    /// <summary>Removes the details of contents that are gone, once they are old enough.</summary>
    internal static void Sweep(string storeDirectory, IReadOnlySet<string> knownHashes, DateTime olderThanUtc)
    {
        var folder = new DirectoryInfo(Path.Combine(storeDirectory, Folder));
        if (!folder.Exists)
            return;
        foreach (var file in folder.EnumerateFiles().Where(file => !knownHashes.Contains(file.Name.Split('.')[0]) && file.LastWriteTimeUtc < olderThanUtc))
            file.Delete();
    }

    // The same bytes under another extension are read in another way.
    private static string Key(ModelArtifact artifact) => artifact.Sha256 + artifact.Format;

    private ArtifactDetails Read(string format, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            return format switch
            {
                ".onnx" => Onnx(content, cancellationToken),
                ".safetensors" => Safetensors(content),
                _ => new ArtifactDetails { Notes = [$"What a {format} file holds is not read here: its figures are unknown."] },
            };
        }
        catch (Exception exception) when (exception is OnnxFormatException or IOException)
        {
            return new ArtifactDetails { Notes = [exception.Message] };
        }
    }

    private ArtifactDetails Onnx(Stream content, CancellationToken cancellationToken)
    {
        var inspection = OnnxInspector.Inspect(content, _limits, cancellationToken).PerInput();
        content.Position = 0;
        return new ArtifactDetails
        {
            IsRead = true,
            Parameters = inspection.Parameters,
            Macs = inspection.Macs,
            Activations = inspection.Activations,
            Precision = inspection.Precision,
            Inputs = [.. inspection.Inputs.Select(input => input.ToString())],
            InputWidth = inspection.InputWidth,
            InputHeight = inspection.InputHeight,
            Licence = Licence(OnnxMetadata.Read(content).Select(entry => KeyValuePair.Create(entry.Key, entry.Value))),
            Notes = [.. inspection.Assumptions, .. inspection.Unresolved.Select(reason => $"Not counted: {reason}")],
        };
    }

    private static ArtifactDetails Safetensors(Stream content)
    {
        if (SafetensorsHeader.TryRead(content) is not { } header)
            return new ArtifactDetails { Notes = ["It is no .safetensors file: its header cannot be read."] };
        // Counters and indices are whole numbers; weights of these files are floats, or bytes where they were quantised.
        var weights = header.Types.Where(type => type.Key is "F64" or "F32" or "F16" or "BF16" or "I8" or "U8" || type.Key.StartsWith("F8", StringComparison.Ordinal)).ToList();
        var most = weights.Count == 0 ? null : weights.MaxBy(type => type.Value).Key;
        return new ArtifactDetails
        {
            Parameters = weights.Sum(type => type.Value),
            Precision = most switch { "F32" => Precision.Fp32, "F16" => Precision.Fp16, "I8" or "U8" => Precision.Int8, _ => null },
            Licence = Licence(header.Metadata),
            Notes =
            [
                "The file holds weights without a graph: MACs and inputs are unknown; parameters include the statistics of normalisation.",
                .. header.FileBytes > content.Length ? [$"{header.FileBytes - content.Length} bytes are missing at the end."] : Array.Empty<string>(),
            ],
        };
    }

    private static string? Licence(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.FirstOrDefault(entry => entry.Key.Equals("license", StringComparison.OrdinalIgnoreCase) || entry.Key.Equals("licence", StringComparison.OrdinalIgnoreCase)) is { Value: { Length: > 0 and <= 200 } value }
            ? value
            : null;

    private static ArtifactDetails? TryLoad(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.Length > MaximumBytes)
                return null;
            return JsonSerializer.Deserialize<Kept>(File.ReadAllBytes(path), Json) is { Details: { Inputs: not null, Notes: not null } details } kept && kept.Reader == Reader ? details : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private static void TrySave(string path, ArtifactDetails details)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(new Kept(Reader, details), Json));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Read again the next time.
            return;
        }
    }

    private sealed record Kept(Guid Reader, ArtifactDetails Details);
}
