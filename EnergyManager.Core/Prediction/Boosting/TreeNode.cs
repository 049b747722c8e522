using System.Runtime.InteropServices;

namespace EnergyManager.Core.Prediction.Boosting;

/// <summary>
/// A node of a tree in a flat array, 16 bytes. Trees are stored in pre-order, so the left child is the next node and only
/// the right child needs an index.
/// </summary>
/// <param name="Value">Threshold of a split, or the value of a leaf.</param>
/// <param name="Right">Index of the right child.</param>
/// <param name="Feature">Feature that a split compares; -1 for a leaf.</param>
/// <param name="MissingLeft">Where a row without a value goes.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct TreeNode(double Value, int Right, short Feature, bool MissingLeft)
{
    /// <summary>True for a leaf.</summary>
    public bool IsLeaf => Feature < 0;

    /// <summary>A leaf.</summary>
    public static TreeNode Leaf(double value) => new(value, 0, -1, false);

    /// <summary>Whether a value goes to the left child: up to the threshold, or missing and sent there.</summary>
    public bool GoesLeft(double value) => value <= Value || MissingLeft && double.IsNaN(value);
}
