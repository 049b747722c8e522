using EnergyManager.Core.Devices;
using EnergyManager.Core.Prediction;
using EnergyManager.Core.Prediction.Validation;
using EnergyManager.Web.Components.Charts;
using EnergyManager.Web.Components.Validation;
using EnergyManager.Web.Library;
using Microsoft.AspNetCore.Components;

namespace EnergyManager.Web.Components.Pages;

/// <summary>How well the predictor of a board predicts, by its own cross-validation, and how it comes to the figure of one model.</summary>
public sealed partial class PredictorPage
{
    private static readonly PredictionMode[] Modes = [PredictionMode.MeasuredLatency, PredictionMode.Static];

    private readonly CancellationTokenSource _stop = new();
    private ModelValidation? _validation;
    private DeviceType? _board;
    private PredictionMode _mode;
    private FoldGrouping _grouping = FoldGrouping.Architecture;
    private string? _asked;
    private string? _error;
    private PlotOptions _scatter = null!;
    private PlotOptions _errors = null!;
    private PlotOptions _coverage = null!;
    private PlotOptions _importances = null!;

    [Inject]
    private IModelValidations Validations { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "device_type")]
    private string? BoardQuery { get; set; }

    [SupplyParameterFromQuery(Name = "model")]
    private string? ModelQuery { get; set; }

    [SupplyParameterFromQuery(Name = "mode")]
    private string? ModeQuery { get; set; }

    [SupplyParameterFromQuery(Name = "folds")]
    private string? FoldsQuery { get; set; }

    private DeviceType Board => _board ?? DeviceTypes.Default;

    private bool IsLoading => _validation is null && _error is null;

    private ProtocolResult? Protocol => _validation?.Protocols.FirstOrDefault(protocol => protocol.Mode == _mode && protocol.Grouping == _grouping);

    private EvaluationResult? Result => Protocol?.Result;

    // A table of one set-up says nothing of another.
    private IEnumerable<FoldGrouping> Groupings => _validation is null
        ? Enum.GetValues<FoldGrouping>().Where(grouping => grouping != FoldGrouping.Campaign)
        : _validation.Protocols.Where(protocol => protocol.Mode == _mode).Select(protocol => protocol.Grouping);

    private string Note => L["Validation_Note", Board.Name];

    protected override void OnInitialized() => Draw();

    protected override void OnParametersSet()
    {
        _mode = Enum.TryParse<PredictionMode>(ModeQuery, ignoreCase: true, out var mode) && Modes.Contains(mode) ? mode : PredictionMode.MeasuredLatency;
        _grouping = Enum.TryParse<FoldGrouping>(FoldsQuery, ignoreCase: true, out var grouping) && Enum.IsDefined(grouping) ? grouping : FoldGrouping.Architecture;
        var board = Boards.TryResolve(BoardQuery, out var resolution) ? resolution.Device : DeviceTypes.Default;
        if (board.Id == _board?.Id)
        {
            Draw();
            return;
        }

        (_board, _validation, _error) = (board, null, null);
        Draw();
    }

    // Not while the page is sent for the first time: the work takes seconds.
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_asked == _board?.Id || _board is not { } board)
            return;
        _asked = board.Id;
        try
        {
            var validation = await Validations.GetAsync(board, _stop.Token);
            if (board.Id != _board.Id)
                return;
            _validation = validation;
            if (Protocol is null)
                _grouping = FoldGrouping.Architecture;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception) when (exception is TrainingRefusedException or InvalidOperationException or IOException)
        {
            if (board.Id == _board.Id)
                _error = exception.Message;
        }

        Draw();
        StateHasChanged();
    }

    private void Draw()
    {
        var plots = new ValidationPlots(L);
        var rows = Protocol?.Rows ?? [];
        (_scatter, _errors, _coverage) = (plots.Scatter(rows), plots.Errors(rows), plots.Coverage(rows));
        _importances = plots.Importances((_mode == PredictionMode.Static ? _validation?.StaticImportance : _validation?.MeasuredImportance) ?? []);
    }

    private void ChooseBoard(ChangeEventArgs change) => Remember(change.Value as string, ModelQuery);

    private void Choose(PredictionMode mode, FoldGrouping grouping)
    {
        (_mode, _grouping) = (mode, grouping);
        Draw();
        Remember(Board.Id, ModelQuery);
    }

    private void Remember(string? board, string? model) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["device_type"] = board,
            ["model"] = model,
            ["mode"] = Word(_mode),
            ["folds"] = Word(_grouping),
        }));

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }
}
