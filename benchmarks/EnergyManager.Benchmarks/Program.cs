using BenchmarkDotNet.Running;
using EnergyManager.Benchmarks.Load;

// "load" drives a running server; anything else goes to BenchmarkDotNet's own switches.
if (args is ["load", .. var rest])
{
    using var stop = new CancellationTokenSource();
    Console.CancelKeyPress += (_, e) =>
    {
        e.Cancel = true;
        stop.Cancel();
    };
    try
    {
        return await HttpLoad.RunAsync(LoadOptions.Parse(rest), stop.Token);
    }
    catch (Exception e) when (e is FormatException or HttpRequestException or OperationCanceledException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return 2;
    }
}

BenchmarkSwitcher.FromAssembly(typeof(LoadOptions).Assembly).Run(args);
return 0;
