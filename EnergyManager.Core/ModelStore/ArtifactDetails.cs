using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Core.ModelStore;

/// <summary>What the bytes of an artifact say of it. What they do not say is <c>null</c>.</summary>
public sealed record ArtifactDetails
{
    /// <summary>Parameters; for formats without a graph, the elements of the float tensors, statistics of normalisation included.</summary>
    public long? Parameters { get; init; }

    /// <summary>Multiply-accumulates of one inference.</summary>
    public long? Macs { get; init; }

    /// <summary>Elements that the layers with weights put out in one inference.</summary>
    public long? Activations { get; init; }

    /// <summary>Number format of most of the weights.</summary>
    public Precision? Precision { get; init; }

    /// <summary>Inputs with their types and shapes, for example <c>input float32 [1,3,224,224]</c>.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Width of the first image input in pixels.</summary>
    public long? InputWidth { get; init; }

    /// <summary>Height of the first image input in pixels.</summary>
    public long? InputHeight { get; init; }

    /// <summary>Licence that the file itself names.</summary>
    public string? Licence { get; init; }

    /// <summary>What was assumed or not counted, and what stands in the way of reading the file, as sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Whether the file was understood: its figures can be predicted from.</summary>
    public bool IsRead { get; init; }
}

/// <summary>Which formats the agent runs.</summary>
public static class ArtifactFormats
{
    /// <summary>Format that the agent runs.</summary>
    public const string Executable = ".onnx";

    /// <summary>Whether the agent can run a format.</summary>
    /// <param name="format">Extension in lower case with the dot.</param>
    public static bool IsExecutable(string format) => format == Executable;

    /// <summary>Why the agent cannot run a format, and what to do, as a sentence; <c>null</c> when it can.</summary>
    /// <param name="format">Extension in lower case with the dot.</param>
    public static string? WhyNotExecutable(string format) => IsExecutable(format)
        ? null
        : $"A {format} file is delivered to the device, but this agent does not run it: it runs ONNX. Export the model to ONNX and deploy that to run it.";
}
