using System.Collections.Frozen;

namespace EnergyManager.Core.Onnx.Inspection.Operators;

/// <summary>All operators of the standard set (https://onnx.ai/onnx/operators/) whose shape and cost are known here.</summary>
internal static class OperatorRules
{
    private static readonly FrozenDictionary<string, OperatorRule> Rules =
        ConvolutionRules.All.Concat(MatrixRules.All).Concat(ElementwiseRules.All).Concat(ReductionRules.All).Concat(LayoutRules.All).Concat(IndexRules.All)
            .ToFrozenDictionary(entry => entry.Operator, entry => entry.Rule, StringComparer.Ordinal);

    /// <summary>The rule, or <c>null</c> for an operator that is not known; other sets than the standard one are not.</summary>
    public static OperatorRule? Find(string domain, string operatorType) =>
        domain is "" or "ai.onnx" ? Rules.GetValueOrDefault(operatorType) : null;
}
