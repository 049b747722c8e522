using EnergyManager.Core.Deployment;

namespace EnergyManager.Web.Deployment;

/// <summary>Which deployments are asked for.</summary>
public sealed record DeploymentSearch
{
    /// <summary>Most rows of one page.</summary>
    public const int MaximumLimit = 100;

    /// <summary>Device, or <c>null</c> for all.</summary>
    public string? DeviceId { get; init; }

    /// <summary>Part of the model's name, or empty for all; case does not count.</summary>
    public string Model { get; init; } = "";

    /// <summary>States, or empty for all.</summary>
    public IReadOnlyList<DeploymentState> States { get; init; } = [];

    /// <summary>Rows that are passed over.</summary>
    public int Offset { get; init; }

    /// <summary>Rows at most, 1 to <see cref="MaximumLimit"/>.</summary>
    public int Limit { get; init; } = 25;
}

/// <summary>Some of the deployments that were asked for.</summary>
/// <param name="Rows">Newest first.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record DeploymentsFound(IReadOnlyList<DeploymentView> Rows, int Total);
