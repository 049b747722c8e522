using BenchmarkDotNet.Running;
using EnergyManager.Benchmarks.Chaos;
using EnergyManager.Benchmarks.Load;
using EnergyManager.Benchmarks.Overhead;

// "load" drives a running server, "chaos" kills one that it starts, "overhead" measures an idle agent; anything else goes to BenchmarkDotNet's own switches.
if (args is ["load" or "chaos" or "overhead", .. var rest])
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
            "overhead" => await OverheadCommand.RunAsync(rest, stop.Token),
            _ => await HttpLoad.RunAsync(LoadOptions.Parse(rest), stop.Token),
        };
    }
    catch (Exception e) when (e is FormatException or HttpRequestException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
}

BenchmarkSwitcher.FromAssembly(typeof(LoadOptions).Assembly).Run(args);
return 0;
