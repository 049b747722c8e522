using System.Globalization;
using System.Text;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Onnx.Synthesis;

/// <summary>The table of docs/synthesized-models.md is what the inspector says of the files. With the variable it is written anew.</summary>
public sealed class SynthesizedModelsDocumentTests
{
    private const string Variable = "ENERGYMANAGER_UPDATE_DOCS";
    private const string Head = "| Architecture |";

    [Fact]
    public void Table_OfTheDocument_IsWhatTheInspectorSays()
    {
        var path = Path.Combine(Outputs.RepositoryRoot, "docs", "synthesized-models.md");
        var text = File.ReadAllText(path);
        var prose = text.Split(Head)[0];

        var expected = prose + Table();
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllText(path, expected);
        else
            text.ShouldBe(expected, $"Run this test with {Variable}=1 to write it anew.");
    }

    private static string Table()
    {
        var table = new StringBuilder(Head).Append(
            " Parameters | published | MACs (10⁹) | published | difference | Activations (10⁶) | Source of what is published |\n|---|---:|---:|---:|---:|---:|---:|---|\n");
        foreach (var published in PublishedFigures.All)
        {
            using var file = new ModelFile(ModelSynthesizer.Write(published.Name));
            var ours = OnnxInspector.Inspect(file.FullPath, new InspectorLimits(), CancellationToken.None);
            var difference = ours.Gmacs / double.Parse(published.Gmacs, CultureInfo.InvariantCulture) - 1;
            table.Append(
                CultureInfo.InvariantCulture,
                $"| `{published.Name}` | {ours.Parameters:N0} | {published.Parameters:N0} | {ours.Gmacs:0.0000} | {published.Gmacs} | {difference * 100:+0.0;-0.0;0.0} % | {ours.ActivationsM:0.00} | {published.Source} |\n");
        }

        return table.ToString();
    }
}
