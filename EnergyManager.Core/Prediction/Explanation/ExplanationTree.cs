using System.Runtime.InteropServices;
using EnergyManager.Core.Prediction.Boosting;

namespace EnergyManager.Core.Prediction.Explanation;

/// <summary>A split of a tree as <see cref="TreeShap"/> needs it; 64 bytes, a cache line.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExplanationBranch
{
    /// <summary>Values up to this one go left.</summary>
    public double Threshold;

    /// <summary>Share of the training rows here that went left.</summary>
    public double LeftShare;

    /// <summary>Value of the left child where it is a leaf, else 0.</summary>
    public double LeftValue;

    /// <summary>Value of the right child where it is a leaf, else 0.</summary>
    public double RightValue;

    /// <summary>Share of the training rows that pass the earlier splits on the feature: the product of their shares; 1 without any.</summary>
    public double EarlierShare;

    /// <summary>Feature that is compared.</summary>
    public int Feature;

    /// <summary>The feature's place among the values: in the second half where a missing value goes left.</summary>
    public int Column;

    /// <summary>The left child, or <see cref="ExplanationTree.None"/> for a leaf.</summary>
    public int Left;

    /// <summary>The right child, or <see cref="ExplanationTree.None"/> for a leaf.</summary>
    public int Right;

    /// <summary>The last split on the same feature on the way from the root, or <see cref="ExplanationTree.None"/>.</summary>
    public int Earlier;

    /// <summary>Whether this one lies on the left side of <see cref="Earlier"/>.</summary>
    public bool IsLeftOfEarlier;
}

/// <summary>The splits of one tree in pre-order, without its leaves.</summary>
internal sealed class ExplanationTree
{
    /// <summary>Place that no branch has.</summary>
    public const int None = 0;

    /// <summary>Place of the root, and first place of the branches.</summary>
    public const int Root = 1;

    private ExplanationTree(ExplanationBranch[] branches, double expectedValue) => (Branches, ExpectedValue) = (branches, expectedValue);

    /// <summary>The splits from <see cref="Root"/> on; none for a tree of a single leaf.</summary>
    public ExplanationBranch[] Branches { get; }

    /// <summary>Mean value over the training rows.</summary>
    public double ExpectedValue { get; }

    /// <summary>Lays out a tree of a forest.</summary>
    public static ExplanationTree Of(RegressionForest forest, int root)
    {
        List<ExplanationBranch> branches = [default];
        var path = new Passed[forest.Features];
        Array.Fill(path, new Passed(None, IsLeft: false, Share: 1));
        var (_, mean) = Add(root);
        return new ExplanationTree([.. branches], mean);

        (int Place, double Mean) Add(int index)
        {
            var node = forest.Nodes[index];
            if (node.IsLeaf)
                return (None, node.Value);

            var place = branches.Count;
            branches.Add(default);
            double left = forest.Covers[index + 1], right = forest.Covers[node.Right];
            var leftShare = left / (left + right);
            var earlier = path[node.Feature];
            path[node.Feature] = new Passed(place, IsLeft: true, earlier.Share * leftShare);
            var below = Add(index + 1);
            path[node.Feature] = new Passed(place, IsLeft: false, earlier.Share * (1 - leftShare));
            var above = Add(node.Right);
            path[node.Feature] = earlier;

            branches[place] = new ExplanationBranch
            {
                Threshold = node.Value,
                LeftShare = leftShare,
                LeftValue = below.Place == None ? below.Mean : 0,
                RightValue = above.Place == None ? above.Mean : 0,
                EarlierShare = earlier.Share,
                Feature = node.Feature,
                Column = node.Feature + (node.MissingLeft ? forest.Features : 0),
                Left = below.Place,
                Right = above.Place,
                Earlier = earlier.Place,
                IsLeftOfEarlier = earlier.IsLeft,
            };
            return (place, leftShare * below.Mean + (1 - leftShare) * above.Mean);
        }
    }

    /// <summary>The last split on a feature on the way from the root, and the share of the training rows that pass all of them.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Passed(int Place, bool IsLeft, double Share);
}
