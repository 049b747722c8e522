using BenchmarkDotNet.Running;
using EnergyManager.Benchmarks.Balena;
using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Benchmarks.Conformance;
using EnergyManager.Benchmarks.Dashboard;
using EnergyManager.Benchmarks.Hub;
using EnergyManager.Benchmarks.Load;
using EnergyManager.Benchmarks.Overhead;
using EnergyManager.Benchmarks.Soak;
using EnergyManager.Benchmarks.Transfer;

// "load" drives a running server, "chaos" kills one that it starts, "overhead" measures an idle agent,
// "conformance" runs the tests of ONNX, "soak" one model many times, "transfer" deploys large files, "dashboard"
// opens the dashboard in a browser while a fleet streams, "fake-hub" stands in for the Hugging Face Hub, "fake-balena" for the Balena API; anything else goes to BenchmarkDotNet's own switches.
if (args is ["load" or "chaos" or "overhead" or "conformance" or "soak" or "transfer" or "dashboard" or "fake-hub" or "fake-balena", .. var rest])
{
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        stop.Cancel();
    };
    try
    {
        return args[0] switch
        {
            "chaos" => await ChaosCommand.RunAsync(rest, stop.Token),
            "conformance" => await ConformanceCommand.RunAsync(rest, stop.Token),
            "soak" => await SoakCommand.RunAsync(rest, stop.Token),
            "transfer" => await TransferCommand.RunAsync(rest, stop.Token),
            "dashboard" => await DashboardCommand.RunAsync(rest, stop.Token),
            "fake-hub" => await FakeHubCommand.RunAsync(rest, stop.Token),
            "fake-balena" => await FakeBalenaCommand.RunAsync(rest, stop.Token),
            "overhead" => await OverheadCommand.RunAsync(rest, stop.Token),
            _ => await HttpLoad.RunAsync(LoadOptions.Parse(rest), stop.Token),
        };
    }
    catch (Exception e) when (e is FormatException or HttpRequestException or OperationCanceledException or TimeoutException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
}

BenchmarkSwitcher.FromAssembly(typeof(LoadOptions).Assembly).Run(args);
return 0;
