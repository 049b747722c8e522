using System.Globalization;
using EnergyManager.Core.Deployment;
using EnergyManager.Web.Deployment;
using Microsoft.AspNetCore.WebUtilities;

namespace EnergyManager.Web.Components.Deployments;

/// <summary>Which deployments are shown.</summary>
public enum DeploymentGroup
{
    All,
    UnderWay,
    Running,
    Failed,
    RolledBack,
    Cancelled,
}

/// <summary>What a visitor asks of the deployments, as the address of the page says it.</summary>
/// <param name="Device">Identifier of a device, or <c>null</c> for all.</param>
/// <param name="Model">Part of a model's name, or empty for all.</param>
/// <param name="Group">States.</param>
/// <param name="Page">Page, from 1.</param>
public sealed record DeploymentQuery(string? Device = null, string Model = "", DeploymentGroup Group = DeploymentGroup.All, int Page = 1)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 25;

    /// <summary>Longest text that is read from an address.</summary>
    public const int MaximumText = 100;

    private const int MaximumPage = 10_000;

    /// <summary>Reads an address, for example <c>/deployments?device=nano-1&amp;state=failed&amp;page=2</c>. What cannot be read is the default.</summary>
    public static DeploymentQuery Parse(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var query = QueryHelpers.ParseQuery(address.Query);
        var device = Part("device");
        return new DeploymentQuery(
            device.Length is > 0 and <= MaximumText ? device : null,
            Part("model") is var model && model.Length > MaximumText ? model[..MaximumText] : model,
            Enum.GetValues<DeploymentGroup>().FirstOrDefault(group => group.ToString().Equals(Part("state"), StringComparison.OrdinalIgnoreCase)),
            int.TryParse(Part("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page is >= 1 and <= MaximumPage ? page : 1);

        string Part(string name) => query.TryGetValue(name, out var value) ? value.ToString() : "";
    }

    /// <summary>Parts of the address; <c>null</c> for what is the default, so that a plain page has a plain address.</summary>
    public IReadOnlyDictionary<string, object?> Write() => new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["device"] = Device,
        ["model"] = string.IsNullOrWhiteSpace(Model) ? null : Model.Trim(),
        ["state"] = Group == DeploymentGroup.All ? null : Group.ToString().ToLowerInvariant(),
        ["page"] = Page == 1 ? null : Page,
    };

    /// <summary>The same for the service.</summary>
    public DeploymentSearch ToSearch() => new()
    {
        DeviceId = Device,
        Model = Model,
        States = Group switch
        {
            DeploymentGroup.All => [],
            DeploymentGroup.UnderWay => [.. Enum.GetValues<DeploymentState>().Where(state => !DeploymentTransitions.IsSettled(state))],
            _ => [Enum.Parse<DeploymentState>(Group.ToString())],
        },
        Offset = (Page - 1) * PageSize,
        Limit = PageSize,
    };
}
