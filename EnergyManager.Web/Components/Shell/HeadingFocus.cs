using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace EnergyManager.Web.Components.Shell;

/// <summary>
/// Focuses the heading of a page that was gone to, unless the visitor has moved the focus since: the framework's own component takes it
/// away from a field that somebody over a slow line is typing in already.
/// </summary>
public sealed class HeadingFocus : ComponentBase, IAsyncDisposable
{
    private IJSObjectReference? _script;
    private Type? _shown;
    private bool _changed;

    /// <summary>The page that is shown.</summary>
    [Parameter, EditorRequired]
    public Type Page { get; set; } = null!;

    [Inject]
    private IJSRuntime Script { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnParametersSet()
    {
        _changed |= Page != _shown;
        _shown = Page;
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_changed)
            return;
        _changed = false;
        try
        {
            _script ??= await Script.InvokeAsync<IJSObjectReference>("import", "./js/heading-focus.js");
            await _script.InvokeVoidAsync("focusHeading");
        }
        catch (JSDisconnectedException)
        {
            // The visitor has left already.
        }
    }

    /// <summary>Lets go of the script.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_script is not null)
                await _script.DisposeAsync();
        }
        catch (JSDisconnectedException)
        {
            // The page is gone, and the script with it.
        }
    }
}
