using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Runtime;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Tests.Core.Onnx.Inspection;

/// <summary>Every rule against ONNX Runtime: the graph leaves the shape of its outputs open, and both must find the same one.</summary>
public sealed class OperatorRuleTests
{
    private static readonly Dictionary<string, Func<OperatorGraph>> Cases = new(StringComparer.Ordinal)
    {
        ["conv"] = () => Image().Weight("w", 8, 3, 3, 3).Node("Conv", "x w", "y", ("pads", L(1, 1, 1, 1)), ("strides", L(2, 2))),
        ["conv dilated and uneven"] = () => Image().Weight("w", 8, 3, 3, 5).Node("Conv", "x w", "y", ("pads", L(2, 0, 1, 3)), ("dilations", L(2, 1))),
        ["conv grouped"] = () => new OperatorGraph().Input("x", 1, 6, 11, 11).Weight("w", 12, 2, 3, 3).Node("Conv", "x w", "y", ("group", 3)),
        ["conv same"] = () => Image().Weight("w", 4, 3, 3, 3).Node("Conv", "x w", "y", ("auto_pad", "SAME_UPPER"), ("strides", L(2, 2))),
        ["conv valid"] = () => Image().Weight("w", 4, 3, 3, 3).Node("Conv", "x w", "y", ("auto_pad", "VALID")),
        ["conv of a series"] = () => new OperatorGraph().Input("x", 2, 3, 50).Weight("w", 4, 3, 7).Node("Conv", "x w", "y", ("strides", L(3))),
        ["conv transposed"] = () => Image().Weight("w", 3, 4, 4, 4).Node("ConvTranspose", "x w", "y", ("strides", L(2, 2)), ("pads", L(1, 1, 1, 1))),
        ["conv transposed, padded"] = () => Image().Weight("w", 3, 4, 3, 3).Node("ConvTranspose", "x w", "y", ("strides", L(2, 2)), ("output_padding", L(1, 1))),
        ["max pool"] = () => Image().Node("MaxPool", "x", "y", ("kernel_shape", L(3, 3)), ("strides", L(2, 2))),
        ["max pool, rounded up"] = () => Image().Node("MaxPool", "x", "y", ("kernel_shape", L(2, 3)), ("strides", L(2, 2)), ("ceil_mode", 1)),
        ["average pool, padded"] = () => Image().Node("AveragePool", "x", "y", ("kernel_shape", L(3, 3)), ("pads", L(1, 1, 1, 1))),
        ["global pool"] = () => Image().Node("GlobalAveragePool", "x", "y"),
        ["gemm"] = () => new OperatorGraph().Input("x", 2, 5).Weight("w", 7, 5).Node("Gemm", "x w", "y", ("transB", 1)),
        ["gemm of transposed"] = () => new OperatorGraph().Input("x", 5, 2).Weight("w", 5, 7).Node("Gemm", "x w", "y", ("transA", 1)),
        ["matmul, batched"] = () => new OperatorGraph().Input("x", 4, 1, 2, 5).Input("w", 3, 5, 7).Node("MatMul", "x w", "y"),
        ["matmul, vector left"] = () => new OperatorGraph().Input("x", 5).Weight("w", 3, 5, 7).Node("MatMul", "x w", "y"),
        ["matmul, vector right"] = () => new OperatorGraph().Input("x", 3, 2, 5).Weight("w", 5).Node("MatMul", "x w", "y"),
        ["lstm"] = () => new OperatorGraph().Input("x", 9, 2, 5).Weight("w", 1, 16, 5).Weight("r", 1, 16, 4).Node("LSTM", "x w r", "y", ("hidden_size", 4)),
        ["gru"] = () => new OperatorGraph().Input("x", 9, 2, 5).Weight("w", 1, 12, 5).Weight("r", 1, 12, 4).Node("GRU", "x w r", "y", ("hidden_size", 4)),
        ["einsum, attention"] = () => new OperatorGraph().Input("x", 2, 3, 5, 4).Input("z", 2, 3, 7, 4).Node("Einsum", "x z", "y", ("equation", "bhqd,bhkd->bhqk")),
        ["einsum, ellipsis"] = () => new OperatorGraph().Input("x", 2, 3, 5, 4).Weight("w", 4, 6).Node("Einsum", "x w", "y", ("equation", "...i,io->...o")),
        ["einsum, implied"] = () => new OperatorGraph().Input("x", 5, 4).Weight("w", 6, 4).Node("Einsum", "x w", "y", ("equation", "ij,kj")),
        ["microsoft fused conv"] = () => Image().Weight("w", 8, 3, 3, 3).Node("com.microsoft:FusedConv", "x w", "y", ("activation", "Relu")),
        ["microsoft fused matmul"] = () => new OperatorGraph().Input("x", 4, 5, 2).Weight("w", 7, 5).Node("com.microsoft:FusedMatMul", "x w", "y", ("transA", 1), ("transB", 1)),
        ["microsoft four-bit matmul"] = () => new OperatorGraph().Input("x", 2, 9, 64).Raw("w", DataType.Uint8, 48 * 2 * 16, 48, 2, 16).Weight("s", 96)
            .Node("com.microsoft:MatMulNBits", "x w s", "y", ("K", 64), ("N", 48), ("bits", 4), ("block_size", 32)),
        ["microsoft attention"] = () => new OperatorGraph().Input("x", 2, 9, 16).Weight("w", 16, 48).Weight("b", 48)
            .Node("com.microsoft:Attention", "x w b", "y", ("num_heads", 4)),
        ["microsoft multi-head attention"] = () => new OperatorGraph().Input("x", 2, 9, 16).Input("k", 2, 6, 16).Input("v", 2, 6, 16)
            .Node("com.microsoft:MultiHeadAttention", "x k v", "y", ("num_heads", 4)),
        ["microsoft gelu"] = () => Image().Node("com.microsoft:Gelu", "x", "y"),
        ["dynamic quantisation"] = () => new OperatorGraph().Input("x", 2, 5).Raw("w", DataType.Int8, 35, 5, 7)
            .Node("DynamicQuantizeLinear", "x", "q s z").Node("MatMulInteger", "q w z", "i").Node("Cast", "i", "y", ("to", (int)DataType.Float)),
        ["quantised conv"] = () => Quantised(Image()).Raw("w", DataType.Uint8, 8 * 27, 8, 3, 3, 3).Node("QLinearConv", "q s z w s z s z", "c").Node("DequantizeLinear", "c s z", "y"),
        ["quantised matmul"] = () => Quantised(new OperatorGraph().Input("x", 4, 2, 5)).Raw("w", DataType.Uint8, 35, 5, 7)
            .Node("QLinearMatMul", "q s z w s z s z", "m").Node("DequantizeLinear", "m s z", "y"),
        ["microsoft quantised gemm"] = () => Quantised(new OperatorGraph().Input("x", 2, 5)).Raw("w", DataType.Uint8, 35, 7, 5)
            .Node("com.microsoft:QGemm", "q s z w s z - s z", "m", ("transB", 1)).Node("DequantizeLinear", "m s z", "y"),
        ["microsoft quantised sum, pool and join"] = () => Quantised(Image()).Node("com.microsoft:QLinearAdd", "q s z q s z s z", "a")
            .Node("com.microsoft:QLinearConcat", "s z a s z q s z", "j", ("axis", 1)).Node("com.microsoft:QLinearGlobalAveragePool", "j s z s z", "p", ("channels_last", 0))
            .Node("DequantizeLinear", "p s z", "y"),
        ["if by a known condition"] = () => new OperatorGraph().Input("x", 2, 5).Weight("w", 5, 3)
            .Integer("one", 1).Node("Cast", "one", "c", ("to", (int)DataType.Bool))
            .Node("If", "c", "y", ("then_branch", Branch("MatMul", "x w")), ("else_branch", Branch("Identity", "x"))),
        ["loop of a known count"] = () => new OperatorGraph().Input("x", 5, 5).Weight("w", 5, 5).Integer("n", 6).Integer("one", 1)
            .Node("Cast", "one", "c", ("to", (int)DataType.Bool)).Node("Loop", "n c x", "y all", ("body", LoopBody())),
        ["scan"] = () => new OperatorGraph().Input("x", 7, 5).Input("h", 5).Weight("w", 5, 5)
            .Node("Scan", "h x", "last y", ("num_scan_inputs", 1), ("body", ScanBody())),
        ["expand to the shape of another"] = () => new OperatorGraph().Input("x", 2, 1).Input("z", 2, 6).Integers("minus", -1, -1).Integers("ones", 1, 1)
            .Node("Shape", "z", "s").Node("Equal", "s minus", "e").Node("Where", "e ones s", "t").Node("Expand", "x t", "y"),
        ["size scaled by the exporter"] = () => Image().Floats("f", 0.5f).Integers("a", 2).Integers("b", 4).Integers("z", 0).Integers("two", 2)
            .Node("Shape", "x", "s").Node("Slice", "s a b", "hw").Node("Cast", "hw", "hwf", ("to", (int)DataType.Float)).Node("Mul", "hwf f", "half")
            .Node("Floor", "half", "fl").Node("Cast", "fl", "sizes", ("to", (int)DataType.Int64)).Node("Slice", "s z two", "front")
            .Node("Concat", "front sizes", "all", ("axis", 0)).Node("Resize", "x - - all", "y"),
        ["padding turned round by the exporter"] = () => Image().Integers("p", 1, 2, 3, 4, 0, 0, 0, 0).Integers("grid", -1, 2).Integers("flat", -1)
            .Integers("b", -1).Integers("e", long.MinValue + 1).Integers("ax", 0)
            .Node("Reshape", "p grid", "pairs").Node("Slice", "pairs b e ax b", "turned").Node("Transpose", "turned", "tt", ("perm", L(1, 0)))
            .Node("Reshape", "tt flat", "pads").Node("Pad", "x pads", "y"),
        ["add, broadcast"] = () => new OperatorGraph().Input("x", 2, 1, 4).Input("w", 3, 1).Node("Add", "x w", "y"),
        ["prelu"] = () => Image().Weight("w", 3, 1, 1).Node("PRelu", "x w", "y"),
        ["hard swish"] = () => Image().Node("HardSwish", "x", "y"),
        ["softmax"] = () => Image().Node("Softmax", "x", "y", ("axis", 1)),
        ["clip without minimum"] = () => Image().Floats("six", 6).Integers("none").Node("Squeeze", "six", "limit").Node("Clip", "x - limit", "y"),
        ["reduce, kept"] = () => Image().Node("ReduceMean", "x", "y", ("axes", L(2, 3))),
        ["reduce, dropped"] = () => Image().Node("ReduceMean", "x", "y", ("axes", L(-1, 2)), ("keepdims", 0)),
        ["reduce sum by input"] = () => Image().Integers("axes", 1).Node("ReduceSum", "x axes", "y", ("keepdims", 0)),
        ["reduce all"] = () => Image().Node("ReduceMax", "x", "y", ("keepdims", 0)),
        ["flatten"] = () => Image().Node("Flatten", "x", "y", ("axis", 2)),
        ["flatten from the end"] = () => Image().Node("Flatten", "x", "y", ("axis", -1)),
        ["reshape"] = () => Image().Integers("s", 0, -1, 15).Node("Reshape", "x s", "y"),
        ["transpose"] = () => Image().Node("Transpose", "x", "y", ("perm", L(0, 2, 3, 1))),
        ["transpose, reversed"] = () => Image().Node("Transpose", "x", "y"),
        ["concat"] = () => Image().Input("z", 1, 5, 13, 15).Node("Concat", "x z", "y", ("axis", -3)),
        ["squeeze all"] = () => new OperatorGraph().Input("x", 1, 3, 1).Node("Squeeze", "x", "y"),
        ["squeeze one"] = () => new OperatorGraph().Input("x", 1, 3, 1).Integers("axes", -1).Node("Squeeze", "x axes", "y"),
        ["unsqueeze"] = () => new OperatorGraph().Input("x", 3, 4).Integers("axes", 0, -1).Node("Unsqueeze", "x axes", "y"),
        ["split in halves"] = () => new OperatorGraph().Input("x", 1, 6, 4).Node("Split", "x", "a y", ("axis", 1)),
        ["split by sizes"] = () => new OperatorGraph().Input("x", 1, 6, 4).Integers("s", 4, 2).Node("Split", "x s", "a y", ("axis", 1)),
        ["pad"] = () => Image().Integers("p", 0, 0, 1, 2, 0, 0, 3, 4).Node("Pad", "x p", "y"),
        ["resize by factors"] = () => Image().Floats("f", 1, 1, 2, 1.5f).Node("Resize", "x - f", "y"),
        ["resize to a size"] = () => Image().Integers("s", 1, 3, 20, 30).Node("Resize", "x - - s", "y"),
        ["expand"] = () => new OperatorGraph().Input("x", 3, 1).Integers("s", 2, 1, 6).Node("Expand", "x s", "y"),
        ["tile"] = () => new OperatorGraph().Input("x", 3, 2).Integers("s", 2, 5).Node("Tile", "x s", "y"),
        ["depth to space"] = () => new OperatorGraph().Input("x", 1, 8, 3, 5).Node("DepthToSpace", "x", "y", ("blocksize", 2)),
        ["space to depth"] = () => new OperatorGraph().Input("x", 1, 2, 4, 6).Node("SpaceToDepth", "x", "y", ("blocksize", 2)),
        ["gather rows"] = () => new OperatorGraph().Input("x", 10, 4).Integers("i", 1, 2, 3).Node("Gather", "x i", "y"),
        ["gather one"] = () => new OperatorGraph().Input("x", 10, 4).Integer("i", 1).Node("Gather", "x i", "y", ("axis", 1)),
        ["slice"] = () => Image().Integers("b", 1, -5).Integers("e", 9, 1000).Integers("a", 2, 3).Integers("s", 3, 1).Node("Slice", "x b e a s", "y"),
        ["slice backwards"] = () => Image().Integers("b", -1).Integers("e", -1000).Integers("a", 2).Integers("s", -2).Node("Slice", "x b e a s", "y"),
        ["top k"] = () => new OperatorGraph().Input("x", 2, 9).Integers("k", 5).Node("TopK", "x k", "y i"),
        ["where"] = () => new OperatorGraph().Input("x", 2, 1).Input("z", 3).Node("Greater", "x z", "c").Node("Where", "c x z", "y"),
        ["quantised and back"] = () => Image().Weight("s").Node("QuantizeLinear", "x s", "q").Node("DequantizeLinear", "q s", "y"),
        // What older exporters write for x.view(x.size(0), -1).
        ["shape computed by the exporter"] = () => Image().Integer("zero", 0).Integers("rest", -1).Integers("at0", 0)
            .Node("Shape", "x", "s").Node("Gather", "s zero", "n").Node("Unsqueeze", "n at0", "batch").Node("Concat", "batch rest", "to", ("axis", 0))
            .Node("Reshape", "x to", "y"),
        // What exporters write for interpolating to twice the size.
        ["size computed by the exporter"] = () => Image().Integers("two", 2).Integers("b", 2).Integers("mid", 2).Integers("e", 4).Integers("none", 0)
            .Node("Shape", "x", "s").Node("Slice", "s none mid", "front").Node("Slice", "s b e", "hw").Node("Mul", "hw two", "double")
            .Node("Cast", "double", "sizes", ("to", (int)DataType.Int64)).Node("Concat", "front sizes", "all", ("axis", 0)).Node("Resize", "x - - all", "y"),
        ["constant node"] = () => Image()
            .Node("Constant", "", "s", ("value", new TensorProto { DataType = (int)DataType.Int64, Dims = { 2 }, Int64Data = { 1, -1 } })).Node("Reshape", "x s", "y"),
    };

    // The runtime leaves the shapes of loops open until it runs them.
    public static TheoryData<string> Names => [.. Cases.Keys.Except(["loop of a known count"])];

    [Theory]
    [MemberData(nameof(Names))]
    public void Walk_OneOperator_FindsTheShapeThatTheRuntimeFinds(string name)
    {
        var graph = Cases[name]().Output("y").Proto;
        var walker = new GraphWalker(graph, opset: 17, new InspectorLimits());

        walker.Walk(graph.Input);

        using var file = new ModelFile(ModelFile.Bytes(graph));
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions());
        walker.UnresolvedNodes.ShouldBe(0);
        walker.ShapeOf("y").ShouldNotBeNull().Select(size => (long?)size).ShouldBe(runner.Outputs[0].Shape);
    }

    /// <summary>Cost by hand.</summary>
    [Theory]
    [InlineData("conv", 8 * 7 * 8 * (3 * 3 * 3))]
    [InlineData("conv grouped", 12 * 9 * 9 * (2 * 3 * 3))]
    [InlineData("conv transposed", 13 * 15 * 3 * (4 * 4 * 4))]
    [InlineData("gemm", 2 * 5 * 7)]
    [InlineData("matmul, batched", 4 * 3 * (2 * 5 * 7))]
    [InlineData("matmul, vector left", 3 * (5 * 7))]
    [InlineData("lstm", 9 * 2 * 4 * (4 * (5 + 4)))]
    [InlineData("gru", 9 * 2 * 3 * (4 * (5 + 4)))]
    [InlineData("einsum, attention", 2 * 3 * 5 * 7 * 4)]
    [InlineData("einsum, ellipsis", 2 * 3 * 5 * 4 * 6)]
    [InlineData("microsoft fused conv", 8 * 11 * 13 * (3 * 3 * 3))]
    [InlineData("microsoft fused matmul", 4 * (2 * 5 * 7))]
    [InlineData("microsoft four-bit matmul", 2 * 9 * 64 * 48)]
    [InlineData("microsoft attention", 2 * 9 * 16 * 48 + 2 * (2 * 9 * 9 * 16))]
    [InlineData("microsoft multi-head attention", 2 * (2 * 9 * 6 * 16))]
    [InlineData("dynamic quantisation", 2 * 5 * 7)]
    [InlineData("quantised conv", 8 * 11 * 13 * (3 * 3 * 3))]
    [InlineData("quantised matmul", 4 * (2 * 5 * 7))]
    [InlineData("microsoft quantised gemm", 2 * 5 * 7)]
    [InlineData("if by a known condition", 2 * 5 * 3)]
    [InlineData("loop of a known count", 6 * (5 * 5 * 5))]
    [InlineData("scan", 7 * (5 * 5))]
    [InlineData("add, broadcast", 0)]
    public void Walk_OperatorThatMultiplies_CountsItsMacs(string name, long macs)
    {
        var graph = Cases[name]().Output("y").Proto;
        var walker = new GraphWalker(graph, opset: 17, new InspectorLimits());

        walker.Walk(graph.Input);

        walker.Macs.ShouldBe(macs);
    }

    private static OperatorGraph Quantised(OperatorGraph graph) => graph.Weight("s").Raw("z", DataType.Uint8, 1).Node("QuantizeLinear", "x s z", "q");

    private static GraphProto Branch(string operatorType, string inputs) => new OperatorGraph().Node(operatorType, inputs, "out").Output("out").Proto;

    private static GraphProto LoopBody()
    {
        var body = new OperatorGraph().Node("Identity", "cond", "go").Node("MatMul", "state w", "next").Node("Identity", "next", "scanned");
        body.Proto.Input.Add(ModelFile.Value("i", DataType.Int64));
        body.Proto.Input.Add(ModelFile.Value("cond", DataType.Bool));
        body.Proto.Input.Add(ModelFile.Value("state", DataType.Float, 5, 5));
        return body.Output("go", DataType.Bool).Output("next scanned").Proto;
    }

    private static GraphProto ScanBody() => new OperatorGraph().Input("state", 5).Input("slice", 5)
        .Node("MatMul", "slice w", "product").Node("Add", "product state", "next").Node("Identity", "next", "scanned").Output("next scanned").Proto;

    private static OperatorGraph Image() => new OperatorGraph().Input("x", 1, 3, 13, 15);

    private static long[] L(params long[] values) => values;
}
