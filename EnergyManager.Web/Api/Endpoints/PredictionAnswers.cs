using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Api.Http;
using EnergyManager.Web.Api.Json;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;

namespace EnergyManager.Web.Api.Endpoints;

/// <summary>Answers prediction requests: for a device type, or for one device by its calibration.</summary>
internal sealed class PredictionAnswers(
    IPredictorProvider predictors, DeviceTypeCatalog catalog, IDeviceFleet devices, IDeviceCalibrations calibrations)
{
    /// <summary>The answer, or <c>null</c> with the reason in <paramref name="refusals"/>.</summary>
    public async Task<PredictionAnswer?> PredictAsync(ReadPrediction read, PredictionRefusals refusals, string prefix, CancellationToken cancellationToken)
    {
        try
        {
            if (read.DeviceId is { } deviceId)
                return await PredictForDeviceAsync(read, deviceId, cancellationToken);
            var predictor = await predictors.GetAsync(cancellationToken);
            return PredictionAnswer.From(predictor.Predict(read.Request), read.Request.ModelName, read.Notes);
        }
        catch (PredictionRefusedException refusal)
        {
            refusals.Add(prefix, refusal);
            return null;
        }
    }

    private async Task<PredictionAnswer> PredictForDeviceAsync(ReadPrediction read, string deviceId, CancellationToken cancellationToken)
    {
        if (devices.Find(deviceId) is not { } device)
            throw new PredictionRefusedException("device_id", $"No device is known as '{Shorten(deviceId)}': see GET /api/devices.");
        if (read.Request.DeviceType is { } asked && BoardOf(asked) != BoardOf(device.DeviceType))
            throw new PredictionRefusedException("device_type", $"{device.Name} is a {device.DeviceType}, not a {asked}: leave device_type out.");
        var request = read.Request with { DeviceType = device.DeviceType };
        var calibration = await calibrations.ForAsync(device.DeviceId, device.DeviceType, cancellationToken);
        var prediction = calibration?.Predict(request) ?? (await predictors.GetAsync(cancellationToken)).Predict(request);
        var note = prediction.Calibration?.ToString()
            ?? (calibration is null
                ? $"{device.Name} has not reported a latency or a measured energy of a known model yet: not calibrated."
                : $"The latency is given and {device.Name} has measured no energy: there is nothing to calibrate.");
        IReadOnlyList<string> notes = [.. read.Notes, note, .. prediction.Device.Note is { } board && !read.Notes.Contains(board) ? [board] : Array.Empty<string>()];
        return PredictionAnswer.From(prediction, request.ModelName, notes) with { DeviceId = device.DeviceId };
    }

    private string? BoardOf(string deviceType) => catalog.TryResolve(deviceType, out var resolution) ? resolution.Device.Id : null;

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "...";
}

/// <summary>What the predictor refused. Wrong figures weigh more than implausible ones: they are mended first.</summary>
internal sealed class PredictionRefusals
{
    private readonly FieldErrors _errors = new();
    private int _status = StatusCodes.Status422UnprocessableEntity;

    public bool Any => _errors.Any;

    public void Add(string prefix, PredictionRefusedException refusal)
    {
        _errors.Add(prefix + (refusal.Field.Length == 0 ? "body" : refusal.Field), refusal.Message);
        _status = Math.Min(_status, refusal.StatusCode);
    }

    public IResult Problem() => ApiProblem.Of(_errors, _status);
}
