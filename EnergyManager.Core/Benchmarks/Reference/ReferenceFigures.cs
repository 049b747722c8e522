namespace EnergyManager.Core.Benchmarks.Reference;

/// <summary>Published figures of one network at one input resolution.</summary>
/// <param name="Name">Published name of the network, without a training tag.</param>
/// <param name="ImageSize">Input side in pixels.</param>
/// <param name="ParamsM">Parameters, in millions.</param>
/// <param name="Gmacs">GMACs of one inference.</param>
/// <param name="ActivationsM">Activations of one inference, in millions.</param>
/// <param name="CpuMs">Latency at batch 1 on an i7-12700H in fp32, in ms, where published.</param>
/// <param name="GpuMs">Time per input on an RTX 3090 in mixed precision, in ms, where published.</param>
/// <param name="IsScaled">True when the figures were scaled by image area from another resolution: an approximation.</param>
public sealed record ReferenceFigures(
    string Name, int ImageSize, double ParamsM, double Gmacs, double ActivationsM, double? CpuMs, double? GpuMs, bool IsScaled = false)
{
    /// <summary>The figures at another input size. Parameters stay; everything per pixel grows with the area.</summary>
    public ReferenceFigures At(int width, int height)
    {
        if (width == ImageSize && height == ImageSize)
            return this;
        var area = (double)width * height / ((double)ImageSize * ImageSize);
        return this with
        {
            ImageSize = width,
            Gmacs = Gmacs * area,
            ActivationsM = ActivationsM * area,
            CpuMs = CpuMs * area,
            GpuMs = GpuMs * area,
            IsScaled = true,
        };
    }
}
