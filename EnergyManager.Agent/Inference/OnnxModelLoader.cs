using EnergyManager.Core.Onnx.Runtime;
using Microsoft.Extensions.Options;

namespace EnergyManager.Agent.Inference;

/// <summary>Executes ONNX files with ONNX Runtime. The native library is loaded with the first model, not before.</summary>
public sealed class OnnxModelLoader(IOptions<AgentOptions> options) : IModelLoader
{
    public IReadOnlyList<string> Formats { get; } = [".onnx"];

    public IModelRunner Load(string path)
    {
        var threads = options.Value.Inference.Threads;
        try
        {
            return new Runner(OnnxRunner.Load(path, new OnnxRunnerOptions { IntraOpThreads = threads > 0 ? threads : Environment.ProcessorCount }));
        }
        catch (OnnxRunnerException exception)
        {
            throw new ModelException(exception.Reason, exception);
        }
    }

    private sealed class Runner(OnnxRunner runner) : IModelRunner
    {
        public void Run(CancellationToken cancellationToken)
        {
            try
            {
                runner.RunSynthetic(cancellationToken);
            }
            catch (OnnxRunnerException exception)
            {
                throw new ModelException(exception.Reason, exception);
            }
        }

        public void Dispose() => runner.Dispose();
    }
}
