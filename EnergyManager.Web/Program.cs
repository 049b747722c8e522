using EnergyManager.Web;

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
