using System.Diagnostics;

namespace EnergyManager.Benchmarks.Chaos;

/// <summary>
/// SIGKILL of agent or server at random moments while models are being deployed. Half of the kills are timed from a restart,
/// so that starting up is hit too; the other half from the moment at which the system is whole again.
/// </summary>
internal sealed class KillRun(ChaosOptions options, TextWriter output)
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan OrphanLimit = TimeSpan.FromSeconds(5);

    // A model is given up when the agent keeps dying while it is tried, whoever kills it.
    private const string DiedTooOften = "The agent died ";

    private readonly Random _random = new(options.Seed);
    private readonly KillReport _report = new();

    public async Task<KillReport> RunAsync(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        await using var system = await SystemUnderTest.StartAsync(options, cancellationToken);
        system.Proxy.Apply(new LinkConditions { BytesPerSecond = options.BytesPerSecond });
        var ledger = new SampleLedger(system);
        var driver = new DeploymentDriver(system);
        using var driving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var deployments = driver.RunAsync(driving.Token);
        try
        {
            for (var kill = 1; kill <= options.Count; kill++)
                await StepAsync(system, ledger, driver, kill, cancellationToken);
        }
        finally
        {
            await driving.CancelAsync();
            await deployments;
        }
        await CheckEndAsync(system, ledger, cancellationToken);
        _report.Duration = Stopwatch.GetElapsedTime(started);
        if (_report.Violations.Count > 0)
            await output.WriteLineAsync(system.Logs());
        return _report;
    }

    private async Task StepAsync(SystemUnderTest system, SampleLedger ledger, DeploymentDriver driver, int kill, CancellationToken cancellationToken)
    {
        await Task.Delay(Pause(TimeSpan.FromMilliseconds(50)), cancellationToken);
        var state = driver.LastState;
        _report.KillsByState[state] = _report.KillsByState.GetValueOrDefault(state) + 1;
        var agent = _random.Next(2) == 0;
        if (agent)
            await KillAgentAsync(system, ledger, kill, cancellationToken);
        else
            await KillServerAsync(system, cancellationToken);
        if (_random.Next(2) == 0)
            await Task.Delay(Pause(TimeSpan.Zero), cancellationToken);

        var restarted = TimeProvider.System.GetUtcNow();
        var inferring = agent && system.Disk.Current().File is not null;
        if (agent)
            system.StartAgent();
        else
            system.StartServer();
        if (_random.Next(2) == 0)
            return;
        await RecoverAsync(system, ledger, kill, agent, restarted, inferring, cancellationToken);
    }

    private async Task RecoverAsync(
        SystemUnderTest system, SampleLedger ledger, int kill, bool agent, DateTimeOffset restarted, bool inferring, CancellationToken cancellationToken)
    {
        var what = $"kill {kill}: {(agent ? "the agent" : "the server")} is back";
        try
        {
            var recovery = agent ? _report.Agent : _report.Server;
            recovery.Add(await system.UntilAsync(
                what, () => Task.FromResult(system.Table.HasSampleAfter(restarted, inferring)), RecoveryLimit, cancellationToken));
            await output.WriteLineAsync($"{what}; {ledger.Count} samples seen");
        }
        catch (TimeoutException late)
        {
            _report.Violations.Add(late.Message);
        }
        if (ledger.Lost() is { Count: > 0 } lost)
            _report.Violations.Add($"kill {kill}: {lost.Count} samples are neither on the agent nor on the server, the first is {lost.MinBy(k => k.Sequence)}");
    }

    private async Task KillAgentAsync(SystemUnderTest system, SampleLedger ledger, int kill, CancellationToken cancellationToken)
    {
        _report.AgentKills++;
        var children = ProcessTable.DescendantsOf(system.Agent.Id);
        await system.Agent.KillAsync(cancellationToken);
        await system.Agent.DisposeAsync();
        ledger.Note();
        _report.ModelChecks++;
        if (system.Disk.FindFault() is { } fault)
            _report.Violations.Add($"kill {kill}: {fault}");
        var killed = Stopwatch.GetTimestamp();
        while (children.Any(ProcessTable.IsAlive))
        {
            if (Stopwatch.GetElapsedTime(killed) > OrphanLimit)
            {
                _report.Violations.Add($"kill {kill}: {children.Count(ProcessTable.IsAlive)} processes of the agent outlived it");
                break;
            }
            await Task.Delay(20, cancellationToken);
        }
    }

    private async Task KillServerAsync(SystemUnderTest system, CancellationToken cancellationToken)
    {
        _report.ServerKills++;
        await system.Server.KillAsync(cancellationToken);
        await system.Server.DisposeAsync();
    }

    private async Task CheckEndAsync(SystemUnderTest system, SampleLedger ledger, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync("the end: waiting until the last deployment has settled and everything is stored");
        try
        {
            await system.UntilAsync(
                "the last deployment has settled",
                async () => await system.DeploymentsAsync(1, cancellationToken) is not [var last] || DeploymentDriver.IsSettled((string)last!["state"]!),
                RecoveryLimit,
                cancellationToken);
            await CheckModelAsync(system, cancellationToken);
        }
        catch (TimeoutException late)
        {
            _report.Violations.Add(late.Message);
        }
        await CheckDeploymentsAsync(system, cancellationToken);
        _report.Violations.AddRange(await ledger.SettleAsync(RecoveryLimit, cancellationToken));
        (_report.Samples, _report.Boots) = (ledger.Count, ledger.Boots);
        (_report.BytesServed, _report.ModelBytes) = (system.Proxy.BytesToClients, system.ModelBytes);
        if (system.Table.Integrity() is var integrity && integrity != "ok")
            _report.Violations.Add($"the server's database: {integrity}");
        try
        {
            // Samples that are stored while the two are counted move both numbers: they must meet once.
            await system.UntilAsync(
                "the steps of a minute have counted every sample once",
                () => Task.FromResult(system.Table.RolledUp() == system.Table.Samples().Count),
                RecoveryLimit,
                cancellationToken);
        }
        catch (TimeoutException)
        {
            _report.Violations.Add($"{system.Table.RolledUp()} samples are counted in the steps of a minute, {system.Table.Samples().Count} are stored");
        }
    }

    /// <summary>Disk, server and what really runs agree on the model, and its artifact is whole.</summary>
    private async Task CheckModelAsync(SystemUnderTest system, CancellationToken cancellationToken)
    {
        var now = TimeProvider.System.GetUtcNow();
        await system.UntilAsync("the model infers", () => Task.FromResult(system.Table.HasSampleAfter(now, inferring: true)), RecoveryLimit, cancellationToken);
        _report.ModelChecks++;
        if (system.Disk.FindFault() is { } fault)
            _report.Violations.Add($"at the end: {fault}");
        var current = system.Disk.Current();
        await system.UntilAsync(
            $"the server knows that {current.Model} of deployment {current.DeploymentId} runs",
            async () => await system.GetAsync($"/api/devices/{system.DeviceId}", cancellationToken) is { } device
                && (string?)device["deployment_id"] == current.DeploymentId && (string?)device["model"] == current.Model,
            RecoveryLimit,
            cancellationToken);
        var deployment = await system.GetAsync($"/api/deployments/{current.DeploymentId}", cancellationToken);
        if ((string?)deployment?["state"] is var state and not "running")
            _report.Violations.Add($"deployment {current.DeploymentId} runs on the device and is {state} on the server");
    }

    private async Task CheckDeploymentsAsync(SystemUnderTest system, CancellationToken cancellationToken)
    {
        foreach (var deployment in await system.DeploymentsAsync(500, cancellationToken))
        {
            var state = (string)deployment!["state"]!;
            _report.Ends[state] = _report.Ends.GetValueOrDefault(state) + 1;
            if (state == "running")
                continue;
            var reason = (string?)deployment["reason"] ?? "";
            if (state == "failed" && reason.StartsWith(DiedTooOften, StringComparison.Ordinal))
                _report.GivenUp.Add(reason);
            else
                _report.Violations.Add($"deployment {deployment["deployment_id"]} ended {state}: {reason}");
        }
    }

    private TimeSpan Pause(TimeSpan least) => least + ((options.LongestPause - least) * _random.NextDouble());
}
