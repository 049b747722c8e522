namespace EnergyManager.Web.Cli;

/// <summary>A command that cannot go on; the message is the one line that its user sees.</summary>
internal sealed class CliException(string message) : Exception(message);
