namespace EnergyManager.Core.Onnx;

/// <summary>
/// What stands for a dimension that a model leaves open: one rule for running and for counting, so that both speak of the
/// same pass.
/// </summary>
/// <param name="SpatialSize">For height and width, in pixels.</param>
/// <param name="OtherSize">For anything that is neither batch, channels, height nor width.</param>
/// <param name="Named">Sizes by symbolic name, which go before every default.</param>
internal sealed record DynamicDimensions(int SpatialSize, int OtherSize, IReadOnlyDictionary<string, long> Named)
{
    private const int ImageRank = 4;
    private const long Batch = 1;
    private const long Channels = 3;

    /// <summary>The shape with every open dimension filled in.</summary>
    /// <param name="declared">Dimensions, <c>null</c> where open.</param>
    /// <param name="symbol">Symbolic name of an axis, empty when it has none.</param>
    public long[] Resolve(IReadOnlyList<long?> declared, Func<int, string> symbol)
    {
        var image = declared.Count == ImageRank;
        var channelsAxis = ChannelsAxis(declared);
        var shape = new long[declared.Count];
        for (var axis = 0; axis < shape.Length; axis++)
        {
            if (declared[axis] is { } known)
                shape[axis] = known;
            else if (Named.TryGetValue(symbol(axis), out var named))
                shape[axis] = named;
            else if (axis == 0)
                shape[axis] = Batch;
            else if (!image)
                shape[axis] = OtherSize;
            else
                shape[axis] = axis == channelsAxis ? Channels : SpatialSize;
        }

        return shape;
    }

    /// <summary>Width and height of an input that is an image, or <c>null</c>.</summary>
    public static (long Width, long Height)? ImageSize(IReadOnlyList<long?> declared, IReadOnlyList<long> resolved) => declared.Count != ImageRank
        ? null
        : ChannelsAxis(declared) == 1 ? (resolved[3], resolved[2]) : (resolved[2], resolved[1]);

    /// <summary>Images come as [batch, channels, height, width], or with the channels last where that dimension says so.</summary>
    private static int ChannelsAxis(IReadOnlyList<long?> declared) =>
        declared.Count == ImageRank && MayBeChannels(declared[3]) && !MayBeChannels(declared[1]) ? 3 : 1;

    private static bool MayBeChannels(long? dimension) => dimension is 1 or 3 or 4;
}
