using System.Globalization;
using System.Text.Json.Nodes;
using EnergyManager.Core.Recommendation;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Components.Shell;

/// <summary>The REST requests that say what panels of the dashboard show or do.</summary>
public static class ApiCalls
{
    /// <summary>Every model, with the figures of a board.</summary>
    public static CurlCommand Models(string? deviceType) => Get("api/models/all", ("device_type", deviceType));

    /// <summary>The models within limits, best first.</summary>
    /// <remarks>The budget of the constraints counts, and a limit that is the server's own is written too: the command means the same after an upgrade.</remarks>
    public static CurlCommand Recommended(string? deviceType, ModelConstraints constraints)
    {
        ArgumentNullException.ThrowIfNull(constraints);
        return Get(
            "api/models/recommended",
            ("device_type", deviceType),
            ("device_id", constraints.DeviceId),
            ("max_energy", Number(constraints.MaxEnergyMwh)),
            ("max_size", Number(constraints.MaxSizeMb)),
            ("max_latency", Number(constraints.MaxLatencyS)),
            ("min_top1", Number(constraints.MinTop1)),
            ("max_memory", Number(constraints.MaxMemoryMb)),
            ("executable", constraints.Readiness switch { ExecutionReadiness.Ready => "ready", ExecutionReadiness.Obtainable => "obtainable", _ => null }),
            ("limit", constraints.Limit.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// The prediction of a form, or <c>null</c> while it is not complete. A latency of the benchmark is that of the board, not
    /// of one device: then the board answers.
    /// </summary>
    public static CurlCommand? Predict(PredictorForm form, string? deviceType, string? deviceId)
    {
        ArgumentNullException.ThrowIfNull(form);
        if (form.ToRequest(deviceType) is not { } request)
            return null;
        return Post("api/predict-energy", Body(
            ("device_id", form.LatencyIsBenchmark ? null : deviceId),
            ("device_type", deviceId is null || form.LatencyIsBenchmark ? deviceType : null),
            ("model_name", request.ModelName),
            ("params_m", request.ParamsM),
            ("gmacs", request.Gmacs),
            ("size_mb", request.SizeMb),
            ("latency_avg_s", request.LatencyS),
            ("input_size", string.Create(CultureInfo.InvariantCulture, $"{request.InputHeight}x{request.InputWidth}")),
            ("inferences", request.Inferences),
            ("activations_m", request.ActivationsM),
            ("precision", request.Precision?.ToString().ToLowerInvariant())));
    }

    /// <summary>A deployment to one device, by its id or, before it is known, by its address; over its budget where that is overridden.</summary>
    public static CurlCommand Deploy(string model, string? deviceId, string? address, double? budgetMwh, bool overriding = false) => Post("api/deploy", Body(
        ("device_id", deviceId), ("bbb_ip", deviceId is null ? address : null), ("model_name", model), ("max_energy", budgetMwh), ("override", overriding ? true : null)));

    /// <summary>A deployment to several devices.</summary>
    public static CurlCommand Deploy(string model, IEnumerable<string> deviceIds, double? budgetMwh, bool overriding = false) => Post("api/deploy", Body(
        ("device_ids", new JsonArray([.. deviceIds.Select(id => (JsonNode)id)])), ("model_name", model), ("max_energy", budgetMwh), ("override", overriding ? true : null)));

    /// <summary>The way back to the model before.</summary>
    public static CurlCommand Rollback(string deviceId) => Post($"api/devices/{Uri.EscapeDataString(deviceId)}/rollback", null);

    /// <summary>Stored samples of a device.</summary>
    public static CurlCommand Telemetry(string deviceId, DateTimeOffset from, DateTimeOffset to) =>
        Get($"api/devices/{Uri.EscapeDataString(deviceId)}/telemetry", ("from", Time(from)), ("to", Time(to)));

    /// <summary>Measured beside predicted energy of a device.</summary>
    public static CurlCommand DeviceEnergy(string deviceId) => Get($"api/devices/{Uri.EscapeDataString(deviceId)}/energy");

    /// <summary>Every device.</summary>
    public static CurlCommand Devices() => Get("api/devices");

    /// <summary>One device.</summary>
    public static CurlCommand Device(string deviceId) => Get($"api/devices/{Uri.EscapeDataString(deviceId)}");

    /// <summary>Deployments, of one device or all.</summary>
    public static CurlCommand Deployments(string? deviceId) => Get("api/deployments", ("device_id", deviceId));

    /// <summary>One deployment with its steps.</summary>
    public static CurlCommand Deployment(string deploymentId) => Get($"api/deployments/{Uri.EscapeDataString(deploymentId)}");

    /// <summary>The model that predicts.</summary>
    public static CurlCommand EnergyModel(string? deviceType) => Get("api/energy/model", ("device_type", deviceType));

    /// <summary>The bounds of the categories.</summary>
    public static CurlCommand Thresholds(string? deviceType) => Get("api/energy/thresholds", ("device_type", deviceType));

    /// <summary>Devices of the Balena account.</summary>
    public static CurlCommand BalenaDevices(string? slug, bool onlineOnly) =>
        Get("api/balena/devices", ("app_slug", string.IsNullOrEmpty(slug) ? null : slug), ("online_only", onlineOnly ? "true" : null));

    private static CurlCommand Get(string path, params (string Name, string? Value)[] query)
    {
        var given = query.Where(part => part.Value is not null).Select(part => $"{part.Name}={Uri.EscapeDataString(part.Value!)}").ToList();
        return new CurlCommand("GET", given.Count == 0 ? path : $"{path}?{string.Join('&', given)}");
    }

    private static CurlCommand Post(string path, JsonObject? body) => new("POST", path, body);

    private static JsonObject Body(params (string Name, JsonNode? Value)[] members)
    {
        var body = new JsonObject();
        foreach (var (name, value) in members.Where(member => member.Value is not null))
            body[name] = value;
        return body;
    }

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
