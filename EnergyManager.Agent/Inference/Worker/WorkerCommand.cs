using System.Globalization;

namespace EnergyManager.Agent.Inference.Worker;

/// <summary>How the process that runs a model is started.</summary>
/// <param name="Program">Executable.</param>
/// <param name="Arguments">All of its arguments.</param>
internal sealed record WorkerCommand(string Program, IReadOnlyList<string> Arguments)
{
    private const string Assembly = "EnergyManager.Agent";

    /// <summary>
    /// This program again: the executable itself where it is one of its own (also as a single file), else the runtime that
    /// executes it and its assembly.
    /// </summary>
    public static WorkerCommand OfThisProgram(int nice)
    {
        string[] arguments = [InferenceWorker.Command, nice.ToString(CultureInfo.InvariantCulture)];
        var assembly = Path.Combine(AppContext.BaseDirectory, Assembly + ".dll");
        var program = Environment.ProcessPath ?? "dotnet";
        var isRuntime = string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.OrdinalIgnoreCase);
        return isRuntime ? new WorkerCommand(program, ["exec", assembly, .. arguments]) : new WorkerCommand(program, arguments);
    }
}
