using EnergyManager.Web.Components.Deployments;
using EnergyManager.Web.Components.Panels;
using EnergyManager.Web.Components.Sentences;
using EnergyManager.Web.Deployment;
using MudBlazor;

namespace EnergyManager.Web.Components.Pages;

/// <content>What its buttons do: deploy with the questions that a doubt asks first, roll back, remove a device.</content>
public sealed partial class DeploymentPage
{
    private async Task DeployAsync()
    {
        if (_model is null || TargetName is null)
            return;
        var confirmed = Verdict switch
        {
            BudgetVerdict.Over => await ConfirmAsync(DeployDoubt.OverBudget, Costs.RunEnergyMwh, Costs.Provenance),
            BudgetVerdict.Unknown => await ConfirmAsync(DeployDoubt.NoPrediction, null, null),
            _ => true,
        };
        if (!confirmed)
            return;

        var outcome = await SendAsync(Overriding);
        // The server's own prediction has the last word: it may know more than this page did.
        if (outcome is { Status: DeployStatus.OverBudget } && await ConfirmAsync(DeployDoubt.OverBudget, outcome.PredictedEnergy?.Mwh, outcome.PredictedEnergy?.Provenance))
            outcome = await SendAsync(overriding: true);
        await SendToOthersAsync(Overriding);
        if (outcome is not null && outcome.Status != DeployStatus.OverBudget)
            Say(outcome);
    }

    // With the way to what became of it.
    private void Say(DeployOutcome outcome) => Snackbar.Say(
        outcome,
        configure: toast =>
        {
            if (outcome.Deployment is not { } deployment)
                return;
            toast.Action = L["Deployments_Follow"];
            // What can be pressed would stay until it is; the log has the same way for longer.
            toast.RequireInteraction = false;
            toast.OnClick = _ =>
            {
                Navigation.NavigateTo(DeploymentLink.For(deployment.DeploymentId));
                return Task.CompletedTask;
            };
        });

    private async Task<DeployOutcome?> SendAsync(bool overriding)
    {
        _deploying = true;
        try
        {
            return await Deployments.DeployAsync(
                new DeployRequest
                {
                    DeviceId = _target?.DeviceId,
                    Address = _target is null ? _address?.Trim() : null,
                    ModelName = Reference,
                    MaxEnergyMwh = _budget,
                    Override = overriding,
                    RequestedBy = RequestedBy,
                },
                _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            _deploying = false;
        }
    }

    // Each device has its own answer: what one refuses is said by its name.
    private async Task SendToOthersAsync(bool overriding)
    {
        var others = _also.Where(id => id != _target?.DeviceId && Fleet.Find(id) is not null).ToList();
        _also = [];
        if (others.Count == 0 || _model is null)
            return;
        try
        {
            var outcomes = await Deployments.DeployAsync(
                new DeployRequest { ModelName = Reference, MaxEnergyMwh = _budget, Override = overriding, RequestedBy = RequestedBy }, others, _stop.Token);
            foreach (var (id, outcome) in outcomes)
                Snackbar.Say(outcome, about: Fleet.Find(id)?.Name ?? id);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
    }

    private async Task RemoveAsync()
    {
        if (_target is not { } device)
            return;
        if (!await ConfirmDialog.AskAsync(Dialogs, L["Device_Remove_Title", device.Name], L["Device_Remove_Body", device.Name, device.DeviceId], null, L["Device_Remove"]))
            return;
        var done = Removal.Remove(device.DeviceId, RequestedBy);
        _target = null;
        Remember();
        if (done is not null)
            Snackbar.Say(done, Severity.Success);
        DevicesChanged();
    }

    private async Task<bool> ConfirmAsync(DeployDoubt doubt, double? energyMwh, string? provenance)
    {
        var dialog = await Dialogs.ShowAsync<DeployDialog>(null, new DialogParameters<DeployDialog>
        {
            { dialog => dialog.Doubt, doubt },
            { dialog => dialog.Model, ModelText },
            { dialog => dialog.DeviceName, TargetName },
            { dialog => dialog.EnergyMwh, energyMwh },
            { dialog => dialog.BudgetMwh, _budget },
            { dialog => dialog.Provenance, provenance },
        });
        return await dialog.Result is { Canceled: false };
    }

    private async Task RollBackAsync()
    {
        if (_target is not { } target)
            return;
        if (!await Rollback.AskAsync(target.DeviceId, target.Name))
            return;
        try
        {
            var outcome = await Deployments.RollbackAsync(target.DeviceId, RequestedBy, _stop.Token);
            Snackbar.Say(outcome);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The page is gone.
        }
    }
}
