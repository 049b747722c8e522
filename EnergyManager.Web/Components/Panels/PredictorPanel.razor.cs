using System.Globalization;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Prediction;
using EnergyManager.Web.Calibration;
using EnergyManager.Web.Components.Formatting;
using EnergyManager.Web.Fleet;
using EnergyManager.Web.Library;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.Options;
using MudBlazor;

namespace EnergyManager.Web.Components.Panels;

/// <summary>Predicts the energy of figures that are typed in or taken from the library.</summary>
public sealed partial class PredictorPanel : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private PredictorForm _form = new();
    private EnergyPrediction? _result;
    private string? _error;
    private bool _isRefusal;
    private IReadOnlyList<string> _missing = [];
    private IReadOnlyList<string> _notes = [];
    private bool _busy;
    private (string? DeviceType, string? DeviceId) _predictedFor;

    [Inject]
    private IDeviceCalibrations Calibrations { get; set; } = null!;

    [Inject]
    private IOptions<ManagerOptions> Options { get; set; } = null!;

    /// <summary>Device type whose model answers.</summary>
    [Parameter]
    public string? DeviceType { get; set; }

    /// <summary>Device chosen as target: what it has measured corrects the prediction.</summary>
    [Parameter]
    public DeviceView? Device { get; set; }

    /// <summary>Model chosen in the library.</summary>
    [Parameter]
    public ModelView? Selected { get; set; }

    protected override void OnParametersSet()
    {
        // A figure of another board beside the board chosen now would be read as its own.
        if (_result is not null && _predictedFor != (DeviceType, Device?.DeviceId))
            _result = null;
    }

    private Task UseSelectedAsync()
    {
        if (Selected is null)
            return Task.CompletedTask;
        (_form, _notes) = (PredictorForm.From(Selected), []);
        return PredictAsync();
    }

    private async Task PredictAsync()
    {
        (_error, _isRefusal, _result) = (null, false, null);
        _missing = _form.Missing;
        if (_form.ToRequest(DeviceType) is not { } request)
        {
            _error = L["Predictor_Missing", string.Join(", ", _missing)];
            return;
        }

        _busy = true;
        _predictedFor = (DeviceType, Device?.DeviceId);
        try
        {
            // The first prediction may wait for the training at start-up.
            var device = Device;
            _result = await Task.Run(() => PredictAsync(request, device));
        }
        catch (PredictionRefusedException exception)
        {
            (_error, _isRefusal) = (exception.Message, exception.IsImplausible);
            // The form asks for milliseconds and has no field of its own for a duration.
            _missing = [exception.Field == "latency_avg_s" ? "latency_ms" : exception.Field];
        }
        catch (Exception exception)
        {
            _error = exception.Message;
        }
        finally
        {
            _busy = false;
        }
    }

    private async Task<EnergyPrediction> PredictAsync(PredictionRequest request, DeviceView? device)
    {
        if (device is null || await Calibrations.ForAsync(device.DeviceId, device.DeviceType, _stop.Token) is not { } calibration)
            return Predictor.Predict(request);
        var own = request with { DeviceType = device.DeviceType };
        // A latency that the library filled in is the benchmark's; one that was typed in is taken for the device's own.
        return _form.LatencyIsBenchmark ? calibration.PredictFromBenchmark(own) : calibration.Predict(own);
    }

    private async Task InspectAsync(InputFileChangeEventArgs change)
    {
        (_error, _isRefusal, _result, _missing, _notes, _busy) = (null, false, null, [], [], true);
        StateHasChanged();
        try
        {
            var (form, notes) = await DroppedModel.InspectAsync(change.File, Options.Value.Caps.UploadBytes, _stop.Token);
            (_form, _notes) = (form, notes);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is OnnxFormatException or IOException)
        {
            _error = exception.Message;
        }
        finally
        {
            _busy = false;
        }

        if (_error is null)
            await PredictAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private RenderFragment Number(string label, string unit, double? value, Action<double?> changed, string field) => builder =>
    {
        builder.OpenComponent<MudNumericField<double?>>(0);
        builder.AddComponentParameter(1, nameof(MudNumericField<double?>.Label), label);
        builder.AddComponentParameter(2, nameof(MudNumericField<double?>.Value), value);
        builder.AddComponentParameter(3, nameof(MudNumericField<double?>.ValueChanged), EventCallback.Factory.Create<double?>(this, changed));
        builder.AddComponentParameter(4, nameof(MudNumericField<double?>.Min), (double?)0);
        builder.AddComponentParameter(15, nameof(MudNumericField<double?>.ShrinkLabel), true);
        builder.AddComponentParameter(5, nameof(MudNumericField<double?>.HideSpinButtons), true);
        builder.AddComponentParameter(6, nameof(MudNumericField<double?>.Variant), Variant.Outlined);
        builder.AddComponentParameter(7, nameof(MudNumericField<double?>.Margin), Margin.Dense);
        builder.AddComponentParameter(8, nameof(MudNumericField<double?>.Adornment), unit.Length > 0 ? Adornment.End : Adornment.None);
        builder.AddComponentParameter(9, nameof(MudNumericField<double?>.AdornmentText), unit);
        builder.AddComponentParameter(10, nameof(MudNumericField<double?>.Pattern), "[0-9.,]*");
        builder.AddComponentParameter(11, nameof(MudNumericField<double?>.InputMode), Figures.DecimalKeys);
        builder.AddComponentParameter(12, nameof(MudNumericField<double?>.Culture), CultureInfo.CurrentCulture);
        builder.AddComponentParameter(13, nameof(MudNumericField<double?>.Error), _missing.Contains(field));
        builder.AddComponentParameter(14, nameof(MudNumericField<double?>.UserAttributes), new Dictionary<string, object?>(StringComparer.Ordinal) { ["data-testid"] = "field-" + field, ["data-keep"] = "field-" + field });
        builder.CloseComponent();
    };
}
