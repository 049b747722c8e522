namespace EnergyManager.Web.Api.Json;

/// <summary>
/// The bodies of requests as OpenAPI describes them. They are read field by field instead of bound, so that a mistake is
/// answered with the name of its field.
/// </summary>
internal sealed record PredictionBody
{
    /// <summary>Parameters, in millions.</summary>
    public required double ParamsM { get; init; }

    /// <summary>Billions of floating-point operations of one inference. Used as 2 x gmacs when gmacs is missing.</summary>
    public double? Gflops { get; init; }

    /// <summary>Billions of multiply-accumulate operations of one inference. One of gmacs and gflops is needed.</summary>
    public double? Gmacs { get; init; }

    /// <summary>Size of the artifact in MB.</summary>
    public required double SizeMb { get; init; }

    /// <summary>Latency of one inference on the device in seconds, where it was measured.</summary>
    public double? LatencyAvgS { get; init; }

    /// <summary>Inferences a second on the device; used as 1 / latency when the latency is missing.</summary>
    public double? ThroughputIterPerS { get; init; }

    public string? DeviceType { get; init; }

    /// <summary>
    /// Device to predict for: its type's model, corrected by the latencies and measured energies that it has reported. Leave
    /// device_type out then, or give the device's own.
    /// </summary>
    public string? DeviceId { get; init; }

    public string? ModelName { get; init; }

    /// <summary>For example <c>3x224x224</c>, <c>224x224</c> or <c>224</c>.</summary>
    public string? InputSize { get; init; }

    /// <summary><c>fp32</c>, <c>fp16</c> or <c>int8</c>.</summary>
    public string? Precision { get; init; }

    /// <summary>Inferences of the run; 500 (the standard run) when missing.</summary>
    public int? Inferences { get; init; }

    /// <summary>Duration of the whole run in seconds, where it was measured.</summary>
    public double? RunDurationS { get; init; }

    /// <summary>Activations of one inference, in millions of elements, where known.</summary>
    public double? ActivationsM { get; init; }

    /// <summary>Campaign of the benchmark table whose set-up the board has: one that <c>/api/energy/model</c> lists.</summary>
    public string? Campaign { get; init; }
}

/// <summary>Body of <c>POST /api/deploy</c>.</summary>
internal sealed record DeployBody
{
    /// <summary>Address of a connected device. One of bbb_ip and device_id is needed.</summary>
    public string? BbbIp { get; init; }

    public string? DeviceId { get; init; }

    /// <summary>Several devices instead of one; each is answered for itself in <c>deployments</c>.</summary>
    public IReadOnlyList<string>? DeviceIds { get; init; }

    public required string ModelName { get; init; }

    /// <summary>Budget in mWh of the standard run (500 inferences).</summary>
    public double? MaxEnergy { get; init; }

    /// <summary>Deploy although the prediction is over the budget.</summary>
    public bool Override { get; init; }
}

/// <summary>Body of <c>POST /api/models/download</c>.</summary>
internal sealed record DownloadBody
{
    public required string ModelName { get; init; }

    /// <summary>Whether the answer comes when the model is in the store (the default) or at once.</summary>
    public bool? Wait { get; init; }
}

/// <summary>Body of <c>POST /api/devices/{id}/benchmark</c>.</summary>
internal sealed record BenchmarkBody
{
    /// <summary>Model to measure, one that is installed on the device; the running one when not given.</summary>
    public string? Model { get; init; }

    /// <summary>Length of the active phase in seconds; 60 when not given.</summary>
    public double? DurationS { get; init; }

    /// <summary>Length of the warm-up in seconds; 5 when not given.</summary>
    public double? WarmUpS { get; init; }

    /// <summary>Length of each phase in which nothing runs, in seconds; 15 when not given.</summary>
    public double? RestS { get; init; }

    /// <summary>Forward passes after which the active phase ends, instead of its length.</summary>
    public int? Inferences { get; init; }
}
