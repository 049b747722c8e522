using EnergyManager.Web.Components.Sentences;
using EnergyManager.Web.Deployment;
using EnergyManager.Web.Resources;
using Microsoft.Extensions.Localization;
using MudBlazor;

namespace EnergyManager.Web.Components.Panels;

/// <summary>The question before a rollback: what would go, what would come back. The same wherever it is asked.</summary>
public sealed class RollbackQuestion(IDeploymentService deployments, IDialogService dialogs, ISnackbar snackbar, IStringLocalizer<Texts> L)
{
    /// <summary>Asks, and says whether the visitor went on; where nothing can be rolled back it says why instead.</summary>
    /// <param name="deviceId">The device.</param>
    /// <param name="name">What the visitor calls it.</param>
    public async Task<bool> AskAsync(string deviceId, string name)
    {
        var plan = deployments.PlanRollback(deviceId);
        if (plan.Refusal is { } refusal)
        {
            snackbar.Say(refusal, Severity.Warning);
            return false;
        }

        var body = plan.From is { } from ? L["Rollback_Body", name, from, plan.To!] : L["Rollback_Body_UnderWay", name, plan.To!, plan.UnderWay!];
        return await ConfirmDialog.AskAsync(dialogs, L["Rollback_Title"], body, L["Rollback_Note"], L["Log_Rollback"]);
    }
}
