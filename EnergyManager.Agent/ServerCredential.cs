using System.Net.Http.Headers;
using EnergyManager.Core.Contracts;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent;

/// <summary>The device credential that goes with every request to the server, where there is one.</summary>
public sealed class ServerCredential(IOptions<AgentOptions> options)
{
    public static bool IsWellFormed(string credential) =>
        credential.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot && dot < credential.Length - 1
        && credential.All(c => c is > ' ' and < (char)127);

    /// <summary>The header, or <c>null</c> without a credential.</summary>
    /// <exception cref="IOException">The credential file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The credential file holds something else.</exception>
    public AuthenticationHeaderValue? Header()
    {
        var credential = options.Value.Credential;
        if (options.Value.CredentialFile is { } file)
        {
            credential = File.ReadLines(file).FirstOrDefault()?.Trim();
            if (credential is null || !IsWellFormed(credential))
                throw new InvalidDataException($"The first line of {file} must have the form <device id>.<secret>, as enrolment printed it.");
        }
        return credential is null ? null : new AuthenticationHeaderValue(AgentProtocol.AuthorizationScheme, credential);
    }
}
