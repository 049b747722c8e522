namespace EnergyManager.Agent.Artifacts;

/// <summary>A deployment cannot succeed; the message is the reason that the server and its people get.</summary>
public sealed class DeploymentFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
