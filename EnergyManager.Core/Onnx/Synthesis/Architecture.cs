namespace EnergyManager.Core.Onnx.Synthesis;

/// <summary>A network that can be written out.</summary>
/// <param name="Name">Name as in the benchmark tables, else torchvision's.</param>
/// <param name="Build">Adds the network, from its inputs to its outputs.</param>
internal sealed record Architecture(string Name, Action<GraphBuilder> Build);
