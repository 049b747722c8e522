using EnergyManager.Web;
using EnergyManager.Web.Cli;

if (CommandLine.IsCommand(args))
{
    using var console = CliConsole.Create();
    return await CommandLine.RunAsync(args, console, CancellationToken.None);
}

try
{
    await ServerHost.RunAsync(args);
    return 0;
}
catch (StartupException problem)
{
    await Console.Error.WriteLineAsync(problem.Message);
    return 1;
}
