using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace EnergyManager.Web.Components.Charts;

/// <summary>
/// What every chart has: a drawing in the browser that is made once, told what is new, can be saved, and ends with the component.
/// A circuit can end between any two calls; then there is nothing left to draw on, and nothing is said.
/// </summary>
public abstract class ChartBase : ComponentBase, IAsyncDisposable
{
    // A connection that broke answers nothing, and the circuit waits for it to come back: the drawing is then told anew.
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    private IJSObjectReference? _module;
    private IJSObjectReference? _drawing;
    private bool _disposed;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <summary>Whether the drawing is there.</summary>
    protected bool IsDrawn => _drawing is not null;

    /// <summary>Saves the drawing as a PNG file on the visitor's computer.</summary>
    public Task SaveImageAsync(string name) => SendAsync("saveImage", $"{name}.png");

    /// <summary>Saves the table as a CSV file on the visitor's computer.</summary>
    public Task SaveTableAsync(string name, ChartTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        // The byte order mark tells spreadsheets that it is UTF-8.
        return SendAsync("saveText", $"{name}.csv", "\uFEFF" + table.ToCsv(), "text/csv");
    }

    /// <summary>Makes the drawing. Its module exports <c>create</c>, which gives an object with <c>saveImage</c>, <c>saveText</c> and <c>dispose</c>.</summary>
    protected Task CreateAsync(string module, params object?[] arguments) => TryAsync(async () =>
    {
        _module = await Script.InvokeAsync<IJSObjectReference>("import", module);
        var drawing = await _module.InvokeAsync<IJSObjectReference>("create", arguments);
        if (_disposed)
        {
            await drawing.InvokeVoidAsync("dispose");
            await drawing.DisposeAsync();
            return;
        }

        _drawing = drawing;
    });

    /// <summary>Calls the drawing, where it is there. Returns whether it answered.</summary>
    protected Task<bool> SendAsync(string method, params object?[] arguments) =>
        _drawing is { } drawing ? TryAsync(() => drawing.InvokeVoidAsync(method, AnswerWithin, arguments)) : Task.FromResult(false);

    private static async Task<bool> TryAsync(Func<ValueTask> draw)
    {
        try
        {
            await draw();
            return true;
        }
        catch (JSDisconnectedException)
        {
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _disposed = true;
        await TryAsync(async () =>
        {
            if (_drawing is not null)
            {
                await _drawing.InvokeVoidAsync("dispose");
                await _drawing.DisposeAsync();
            }

            if (_module is not null)
                await _module.DisposeAsync();
        });
    }
}
