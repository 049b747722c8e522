using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Agent.Inference;

/// <summary>Inputs of a model from files: one file an input, named like it, in one folder.</summary>
internal static class InputFolder
{
    private static readonly string[] Extensions = [".pb", ".npy", ".bin"];

    /// <summary>Reads one file for every input.</summary>
    /// <exception cref="OnnxRunnerException">A file is missing or is not what the model takes; the message names the input.</exception>
    public static IReadOnlyList<OnnxTensor> Read(string folder, IReadOnlyList<OnnxTensorInfo> inputs) =>
        [.. inputs.Select(input => TensorFile.Read(Find(folder, input), input))];

    private static string Find(string folder, OnnxTensorInfo input)
    {
        if (!Directory.Exists(folder))
            throw new OnnxRunnerException($"The folder of inputs {folder} does not exist ({AgentOptions.Section}:Inference:InputPath).");
        // Names of inputs come from the model: they are compared with what is in the folder and never become a path.
        var files = Directory.EnumerateFiles(folder)
            .Where(file => Path.GetFileNameWithoutExtension(file) == FileName(input.Name) && Extensions.Contains(Path.GetExtension(file)))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files switch
        {
            [var file] => file,
            [] => throw new OnnxRunnerException(
                $"There is no file for input '{input.Name}' in {folder}: put one named {FileName(input.Name)} with the extension {string.Join(", ", Extensions)} there."),
            _ => throw new OnnxRunnerException($"There are several files for input '{input.Name}' in {folder}: leave one of {string.Join(", ", files.Select(Path.GetFileName))}."),
        };
    }

    /// <summary>For example <c>images_0</c> for <c>images:0</c>.</summary>
    private static string FileName(string input) =>
        string.Concat(input.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '_'));
}
