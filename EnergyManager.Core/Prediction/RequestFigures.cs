using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Reference;
using EnergyManager.Core.Prediction.Features;

namespace EnergyManager.Core.Prediction;

/// <summary>Turns a request into the figures that features are computed from.</summary>
internal static class RequestFigures
{
    public static ModelFigures Of(PredictionRequest request)
    {
        var latency = request.LatencyS ?? request.RunDurationS / request.Inferences ?? double.NaN;
        var name = string.IsNullOrWhiteSpace(request.ModelName) ? null : ModelName.Parse(request.ModelName);
        var published = name is null ? null : ArchitectureReference.Shipped.Find(name, request.InputWidth, request.InputHeight);
        return new ModelFigures
        {
            ParamsM = request.ParamsM,
            Gmacs = request.Gmacs,
            SizeMb = request.SizeMb,
            Pixels = (double)request.InputWidth * request.InputHeight,
            Precision = request.Precision ?? PrecisionOf(request.SizeMb / request.ParamsM),
            LatencyS = latency,
            Blocks = name is null ? BlockKind.Unknown : BlockKinds.Of(name.Family),
            IsTagged = name is null ? double.NaN : name.Tag is null ? 0 : 1,
            ActivationsM = request.ActivationsM ?? published?.ActivationsM ?? double.NaN,
            ReferenceCpuMs = published?.CpuMs ?? double.NaN,
            ReferenceGpuMs = published?.GpuMs ?? double.NaN,
            Campaign = request.Campaign,
        };
    }

    // 4, 2 and 1 bytes a parameter; the limits lie halfway between in ratio, as files also hold the graph.
    private static Precision PrecisionOf(double bytesPerParameter) => bytesPerParameter switch
    {
        < 1.42 => Precision.Int8,
        < 2.83 => Precision.Fp16,
        _ => Precision.Fp32,
    };
}
