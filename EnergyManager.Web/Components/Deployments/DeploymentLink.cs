namespace EnergyManager.Web.Components.Deployments;

/// <summary>Addresses of the pages of deployments.</summary>
public static class DeploymentLink
{
    /// <summary>The page of one deployment.</summary>
    public static string For(string deploymentId) => $"/deployments/{Uri.EscapeDataString(deploymentId)}";

    /// <summary>The list, of one device or all.</summary>
    public static string List(string? deviceId) => deviceId is null ? "/deployments" : $"/deployments?device={Uri.EscapeDataString(deviceId)}";
}
