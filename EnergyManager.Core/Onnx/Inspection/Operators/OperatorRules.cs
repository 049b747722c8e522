using System.Collections.Frozen;

namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>
/// Operators whose shape and cost are known here: of the standard set (https://onnx.ai/onnx/operators/), and those that the
/// optimiser and the quantiser of ONNX Runtime put in (https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md).
/// </summary>
internal static class OperatorRules
{
    private static readonly FrozenDictionary<string, OperatorRule> Standard = Table(
        ConvolutionRules.All.Concat(MatrixRules.All).Concat(ElementwiseRules.All).Concat(ReductionRules.All).Concat(LayoutRules.All).Concat(IndexRules.All));

    private static readonly FrozenDictionary<string, OperatorRule> Microsoft = Table(MicrosoftRules.All);

    /// <summary>The rule, or <c>null</c> for an operator that is not known.</summary>
    public static OperatorRule? Find(string domain, string operatorType) => domain switch
    {
        "" or "ai.onnx" => Standard.GetValueOrDefault(operatorType),
        "com.microsoft" => Microsoft.GetValueOrDefault(operatorType),
        _ => null,
    };

    private static FrozenDictionary<string, OperatorRule> Table(IEnumerable<(string Operator, OperatorRule Rule)> rules) =>
        rules.ToFrozenDictionary(entry => entry.Operator, entry => entry.Rule, StringComparer.Ordinal);
}
