using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Inspection;
using EnergyManager.Core.Onnx.Synthesis;
using Google.Protobuf;
using DataType = EnergyManager.Core.Onnx.Format.TensorProto.Types.DataType;

namespace EnergyManager.Tests.Core.Onnx.Inspection;

public sealed class OnnxInspectorTests
{
    private static readonly InspectorLimits Limits = new();

    [Fact]
    public void Inspect_SqueezeNet_ListsSignatureAndOperators()
    {
        var inspection = Inspect(ModelSynthesizer.Write("squeezenet1_1"));

        inspection.Inputs.Select(input => input.ToString()).ShouldBe(["input float [1, 3, 224, 224]"]);
        inspection.Outputs.Select(output => output.ToString()).ShouldBe(["output float [1, 1000]"]);
        inspection.Opset.ShouldBe(17);
        (inspection.InputWidth, inspection.InputHeight).ShouldBe((224, 224));
        inspection.Operators.Select(entry => $"{entry.Key} {entry.Value}").ShouldBe(
            ["Conv 26", "Relu 26", "Concat 8", "MaxPool 3", "Flatten 1", "GlobalAveragePool 1", "Identity 1"]);
    }

    [Fact]
    public void Inspect_DynamicInput_SaysWhatItAssumed()
    {
        var graph = new OperatorGraph().Input("image", "batch", 3, "height", "width").Weight("w", 8, 3, 1, 1).Node("Conv", "image w", "y").Output("y").Proto;

        var assumed = Inspect(ModelFile.Bytes(graph));
        var named = Inspect(
            ModelFile.Bytes(graph), Limits with { DynamicSpatialSize = 100, NamedDimensions = new Dictionary<string, long> { ["width"] = 50 } });

        assumed.Macs.ShouldBe(224 * 224 * 3 * 8);
        assumed.Assumptions.ShouldBe(["image[0] (batch) = 1", "image[2] (height) = 224", "image[3] (width) = 224"]);
        assumed.Inputs[0].Shape.ShouldBe([null, 3, null, null]);
        named.Macs.ShouldBe(100 * 50 * 3 * 8);
        (named.InputWidth, named.InputHeight).ShouldBe((50, 100));
    }

    [Theory]
    [InlineData(new object[] { 1, 3, 32, 64 }, 64, 32)]
    [InlineData(new object[] { 1, 32, 64, 3 }, 64, 32)]
    [InlineData(new object[] { "n", "h", "w", 3 }, 224, 224)]
    [InlineData(new object[] { 1, 128 }, null, null)]
    public void Inspect_ImageInput_GivesItsSizeInEitherLayout(object[] shape, int? width, int? height)
    {
        var inspection = Inspect(ModelFile.Bytes(new OperatorGraph().Input("x", shape).Node("Relu", "x", "y").Output("y").Proto));

        (inspection.InputWidth, inspection.InputHeight).ShouldBe((width, height));
    }

    [Fact]
    public void Inspect_UnknownOperator_IsReportedAndTheRestCounted()
    {
        var graph = new OperatorGraph().Input("x", 1, 4).Weight("w", 4, 5)
            .Node("Mystery", "x", "odd").Node("MatMul", "odd w", "lost").Node("MatMul", "x w", "y").Output("y").Proto;
        graph.Node[0].Domain = "com.example";

        var inspection = Inspect(ModelFile.Bytes(graph));

        inspection.Complete.ShouldBeFalse();
        inspection.UnresolvedNodes.ShouldBe(2);
        inspection.Unresolved.ShouldBe(
            ["com.example.Mystery: this operator is not known", "MatMul 'MatMul_1': the shape of 'odd' is not known"]);
        inspection.Macs.ShouldBe(20);
        inspection.Operators["com.example.Mystery"].ShouldBe(1);
    }

    [Fact]
    public void Inspect_UnknownOperatorWithDeclaredResult_GoesOnBehindIt()
    {
        var graph = new OperatorGraph().Input("x", "n", 4).Weight("w", 4, 5).Node("Mystery", "x", "odd").Node("MatMul", "odd w", "y").Output("y").Proto;
        graph.ValueInfo.Add(ModelFile.Value("odd", DataType.Float, "n", 4));

        var inspection = Inspect(ModelFile.Bytes(graph));

        inspection.UnresolvedNodes.ShouldBe(1);
        inspection.Macs.ShouldBe(20);
    }

    [Fact]
    public void Inspect_ManyUnknownOperators_ListsUpToTheCapAndCountsAll()
    {
        var graph = new OperatorGraph().Input("x", 1);
        for (var i = 0; i < 20; i++)
            graph.Node($"Mystery{i}", "x", $"y{i}");

        var inspection = Inspect(ModelFile.Bytes(graph.Output("y0").Proto), Limits with { MaximumUnresolvedListed = 3 });

        inspection.UnresolvedNodes.ShouldBe(20);
        inspection.Unresolved.Count.ShouldBe(3);
    }

    [Fact]
    public void Inspect_LoopOfUnknownLength_IsNamedWithTheCostOfOnePass()
    {
        var body = new OperatorGraph().Node("Identity", "cond", "go").Node("MatMul", "state w", "next");
        body.Proto.Input.Add(ModelFile.Value("i", DataType.Int64));
        body.Proto.Input.Add(ModelFile.Value("cond", DataType.Bool));
        body.Proto.Input.Add(ModelFile.Value("state", DataType.Float, 1000, 1000));
        var graph = new OperatorGraph().Input("n").Input("c").Input("x", 1000, 1000).Weight("w", 1000, 1000)
            .Node("Loop", "n c x", "y", ("body", body.Output("go", DataType.Bool).Output("next").Proto)).Output("y").Proto;

        var inspection = Inspect(ModelFile.Bytes(graph));

        inspection.Complete.ShouldBeFalse();
        inspection.Unresolved.ShouldBe(["Loop 'Loop_0': how often it runs is not known; one pass has 1 GMACs"]);
        inspection.Parameters.ShouldBe(1_000_000);
    }

    [Fact]
    public void Inspect_BranchByTheData_TakesTheCostlierOneAndSaysSo()
    {
        static GraphProto Branch(string type, string inputs) => new OperatorGraph().Node(type, inputs, "out").Output("out").Proto;
        var graph = new OperatorGraph().Input("c").Input("x", 4, 4).Weight("w", 4, 4)
            .Node("If", "c", "y", ("then_branch", Branch("Relu", "x")), ("else_branch", Branch("MatMul", "x w"))).Node("MatMul", "y w", "z").Output("z").Proto;

        var inspection = Inspect(ModelFile.Bytes(graph));

        inspection.Macs.ShouldBe(2 * 4 * 4 * 4);
        inspection.Complete.ShouldBeTrue();
        inspection.Assumptions.ShouldBe(["If 'If_0': the costlier branch is taken"]);
    }

    [Fact]
    public void Inspect_FunctionOfTheModel_IsCountedAtEveryCall()
    {
        var function = new FunctionProto { Name = "Layer", Domain = "own", Input = { "in", "weight" }, Output = { "out" }, Attribute = { "turn" } };
        function.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        var inner = new OperatorGraph().Node("Gemm", "in weight", "product").Node("Relu", "product", "out").Proto;
        inner.Node[0].Attribute.Add(new AttributeProto { Name = "transB", Type = AttributeProto.Types.AttributeType.Int, RefAttrName = "turn" });
        function.Node.AddRange(inner.Node);
        var graph = new OperatorGraph().Input("x", 3, 4).Weight("w", 5, 4).Weight("v", 5, 6)
            .Node("own:Layer", "x w", "y", ("turn", 1)).Node("own:Layer", "y v", "z").Output("z").Proto;

        var inspection = Inspect(ModelFile.Bytes(graph, function));

        inspection.Complete.ShouldBeTrue();
        inspection.Macs.ShouldBe(3 * 4 * 5 + 3 * 5 * 6);
        inspection.Activations.ShouldBe(3 * 5 + 3 * 6);
        inspection.Parameters.ShouldBe(5 * 4 + 5 * 6);
    }

    [Fact]
    public void Inspect_FunctionsThatMultiply_AreRefused()
    {
        static FunctionProto Function(int index)
        {
            var function = new FunctionProto { Name = $"F{index}", Domain = "own", Input = { "x" }, Output = { "x" } };
            function.Node.AddRange(Enumerable.Range(0, 10).Select(_ => new NodeProto { OpType = $"F{index + 1}", Domain = "own", Input = { "x" }, Output = { "x" } }));
            return function;
        }

        var graph = new OperatorGraph().Input("x", 1).Node("own:F0", "x", "y").Output("y").Proto;

        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(graph, [.. Enumerable.Range(0, 12).Select(Function)]))).Message
            .ShouldBe("The model has more than the 100000 nodes allowed when its functions are written out.");
        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(graph, Function(0), new FunctionProto { Name = "F1", Domain = "own", Node = { graph.Node[0] } })))
            .Message.ShouldContain("nested too deeply");
    }

    [Fact]
    public void Inspect_HalfPrecisionWeightsAsIntegers_AreWeights()
    {
        // As onnx.helper.make_tensor writes float16: the bits of each number as an integer.
        var graph = new OperatorGraph().Input("x", 1, 100).Node("MatMul", "x w", "y").Output("y").Proto;
        graph.Initializer.Add(new TensorProto
        {
            Name = "w",
            DataType = (int)DataType.Float16,
            Dims = { 100, 500 },
            Int32Data = { Enumerable.Repeat(15360, 50_000) },
        });

        var inspection = Inspect(ModelFile.Bytes(graph), Limits with { MaximumStructureBytes = 20_000 });

        (inspection.Parameters, inspection.Precision, inspection.Macs).ShouldBe((50_000, Precision.Fp16, 50_000));
    }

    [Fact]
    public void Inspect_FourBitWeights_AreCountedOneByOne()
    {
        var graph = new OperatorGraph().Input("x", 1, 64).Raw("w", DataType.Uint8, 48 * 2 * 16, 48, 2, 16).Weight("s", 96)
            .Node("com.microsoft:MatMulNBits", "x w s", "y", ("K", 64), ("N", 48), ("bits", 4), ("block_size", 32)).Output("y").Proto;

        var inspection = Inspect(ModelFile.Bytes(graph));

        (inspection.Parameters, inspection.Precision).ShouldBe((64 * 48, null));
    }

    [Fact]
    public void Inspect_WhatIsAddedToAttentionScores_IsNoWeight()
    {
        // The first bias follows a product with a transposed weight, as exporters write a linear layer; the second is a table of positions.
        var graph = new OperatorGraph().Input("x", 9, 4).Weight("w", 4, 4).Weight("b", 4).Weight("positions", 9, 9)
            .Node("Transpose", "w", "wt").Node("MatMul", "x wt", "p").Node("Add", "b p", "q")
            .Node("Transpose", "q", "k").Node("MatMul", "q k", "scores").Node("Add", "scores positions", "biased").Node("Softmax", "biased", "y").Output("y").Proto;

        Inspect(ModelFile.Bytes(graph)).Parameters.ShouldBe(4 * 4 + 4);
    }

    [Fact]
    public void PerInput_ModelOfAFixedBatch_GivesTheCostOfOneImage()
    {
        var graph = new OperatorGraph().Input("x", 4, 3, 8, 8).Weight("w", 5, 3, 1, 1).Node("Conv", "x w", "y").Output("y").Proto;

        var pass = Inspect(ModelFile.Bytes(graph));
        var one = pass.PerInput();

        (pass.Batch, pass.Macs, pass.Activations).ShouldBe((4, 4 * 8 * 8 * 15, 4 * 8 * 8 * 5));
        (one.Macs, one.Activations).ShouldBe((8 * 8 * 15, 8 * 8 * 5));
        one.Assumptions.ShouldBe(["one pass takes 4 inputs; MACs and activations are those of one"]);
        one.PerInput().ShouldBeSameAs(one);
    }

    [Fact]
    public void Inspect_BeyondItsTime_IsRefused()
    {
        // Millions of fields that mean nothing: they take no memory, but time.
        byte[] bytes = [.. Enumerable.Repeat<byte[]>([0xF8, 0x7F, 0x00], 10_000_000).SelectMany(field => field)];

        Should.Throw<OnnxFormatException>(() => Inspect(bytes, Limits with { MaximumTime = TimeSpan.FromMilliseconds(20) })).Message
            .ShouldBe("Inspecting the file takes longer than the 0.02 s allowed.");
    }

    [Fact]
    public void Inspect_StructureThatGrowsManyTimesOver_IsRefusedBeforeItDoes()
    {
        // 20 MB of attributes of two bytes, of which each would become an object.
        var node = new NodeProto { OpType = "Relu", Attribute = { new AttributeProto() } }.ToByteArray();
        using var content = new MemoryStream();
        var output = new CodedOutputStream(content, leaveOpen: true);
        byte[] nodes = [.. node[..^2], .. Enumerable.Repeat<byte[]>([0x2A, 0x00], 10_000_000).SelectMany(bytes => bytes)];
        var (inner, outer) = (nodes.Length, nodes.Length + 1 + CodedOutputStream.ComputeLengthSize(nodes.Length));
        output.WriteTag(ModelProto.GraphFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteLength(outer);
        output.WriteTag(GraphProto.NodeFieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteLength(inner);
        output.Flush();
        content.Write(nodes);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Should.Throw<OnnxFormatException>(() => Inspect(content.ToArray(), Limits with { MaximumStructureBytes = 4_000_000 })).Message.ShouldContain("besides the weights");

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(content.Length + 20_000_000);
    }

    [Fact]
    public void Inspect_ConstantsThatAreNoWeights_AreNotCounted()
    {
        var graph = new OperatorGraph().Input("x", 1, 4, 2, 2)
            .Weight("gamma", 4).Weight("beta", 4).Weight("mean", 4).Weight("variance", 4).Weight("factor").Weight("unused", 100)
            .Integers("shape", 1, -1).Weight("w", 16, 3)
            .Node("BatchNormalization", "x gamma beta mean variance", "a").Node("Mul", "a factor", "b").Node("Reshape", "b shape", "c")
            .Node("MatMul", "c w", "d").Node("MatMul", "c w", "e").Output("e").Proto;

        Inspect(ModelFile.Bytes(graph)).Parameters.ShouldBe(4 + 4 + 16 * 3);
    }

    [Theory]
    [InlineData((int)DataType.Float, Precision.Fp32)]
    [InlineData((int)DataType.Float16, Precision.Fp16)]
    [InlineData((int)DataType.Bfloat16, Precision.Fp16)]
    [InlineData((int)DataType.Int8, Precision.Int8)]
    [InlineData((int)DataType.Uint8, Precision.Int8)]
    [InlineData((int)DataType.Double, null)]
    public void Inspect_WeightFormat_IsThatOfMostWeights(int type, Precision? expected)
    {
        var graph = new OperatorGraph().Input("x", 1, 10).Weight("bias", 3).Node("Add", "x bias", "b").Node("MatMul", "b w", "y").Output("y").Proto;
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = type, Dims = { 10, 5 } });

        Inspect(ModelFile.Bytes(graph)).Precision.ShouldBe(expected);
    }

    [Fact]
    public void Inspect_WeightsListedAsInputs_AreNotInputs()
    {
        var graph = new OperatorGraph().Input("x", 1, 4).Input("w", 4, 5).Weight("w", 4, 5).Node("MatMul", "x w", "y").Output("y").Proto;

        Inspect(ModelFile.Bytes(graph)).Inputs.ShouldHaveSingleItem().Name.ShouldBe("x");
    }

    [Fact]
    public void Inspect_NotAModel_SaysSo()
    {
        foreach (var content in new[] { "", "hello", "{\"model\":1}", "\u0089PNG\r\n", new string('a', 1000) })
            Should.Throw<OnnxFormatException>(() => Inspect(System.Text.Encoding.UTF8.GetBytes(content))).Message.ShouldContain("ONNX model");
    }

    [Fact]
    public void Inspect_CutAtEveryPercent_IsAnError()
    {
        var outcome = new DamagedFile(ModelSynthesizer.Write("squeezenet1_1"), seed: 3).CutAtEveryPercent();

        outcome.Refused.ShouldBe(99);
        outcome.PeakBytes.ShouldBeLessThan(2_000_000);
    }

    [Fact]
    public void Inspect_OneByteFlipped_EitherAnswersOrRefusesWithinItsMemory()
    {
        var outcome = new DamagedFile(ModelSynthesizer.Write("squeezenet1_1"), seed: 4).FlipBytes(400);

        outcome.Answered.ShouldBeGreaterThan(0);
        outcome.Refused.ShouldBeGreaterThan(0);
        outcome.PeakBytes.ShouldBeLessThan(4_000_000);
    }

    [Fact]
    public void Inspect_BytesFlippedAtRandom_EitherAnswersOrRefuses()
    {
        var graph = Enumerable.Range(0, 3).Aggregate(new OperatorGraph().Input("x", 1, 3, 16, 16).Weight("w0", 4, 3, 3, 3), (graph, i) => graph.Integers($"n{i}", 1, -1));
        graph.Node("Conv", "x w0", "c", ("pads", new long[] { 1, 1, 1, 1 })).Node("MaxPool", "c", "p", ("kernel_shape", new long[] { 2, 2 }))
            .Node("Shape", "p", "s").Node("Slice", "s n0 n1", "t").Node("Reshape", "p n2", "r").Node("Transpose", "r", "q").Node("MatMul", "r q", "y").Output("y");
        var sound = ModelFile.Bytes(graph.Proto);
        var random = new Random(20);
        var refused = 0;
        for (var round = 0; round < 5000; round++)
        {
            var bytes = sound.ToArray();
            for (var flip = random.Next(1, 4); flip > 0; flip--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Inspect(bytes).Macs.ShouldBeGreaterThanOrEqualTo(0);
            }
            catch (OnnxFormatException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(1, 4999);
    }

    [Fact]
    public void Inspect_WeightsInAnotherFile_SaysWhatToDo()
    {
        var graph = new OperatorGraph().Input("x", 1, 4).Node("MatMul", "x w", "y").Output("y").Proto;
        graph.Initializer.Add(new TensorProto
        {
            Name = "w",
            DataType = (int)DataType.Float,
            Dims = { 4, 5 },
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData = { new StringStringEntryProto { Key = "location", Value = "/etc/passwd" } },
        });

        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(graph))).Message
            .ShouldBe("The weights of 'w' are in another file. Save the model as one file, with the weights inside, and try again.");
    }

    [Theory]
    [InlineData(new long[] { -4, 5 })]
    [InlineData(new long[] { 4, 6 })]
    [InlineData(new long[] { long.MaxValue, 5 })]
    public void Inspect_WeightWhoseShapeDoesNotFitItsBytes_IsDamaged(long[] shape)
    {
        var graph = new OperatorGraph().Input("x", 1, 4).Node("MatMul", "x w", "y").Output("y").Proto;
        graph.Initializer.Add(new TensorProto { Name = "w", DataType = (int)DataType.Float, Dims = { shape }, RawData = ByteString.CopyFrom(new byte[80]) });

        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(graph))).Message.ShouldContain("damaged");
    }

    [Fact]
    public void Inspect_ImpossiblyLargeInput_IsRefused()
    {
        var graph = new OperatorGraph().Input("x", 1L << 40, 1L << 40).Input("z", 1L << 40, 1L << 40).Node("MatMul", "x z", "y").Output("y").Proto;

        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(graph))).Message.ShouldContain("impossibly large");
    }

    [Fact]
    public void Inspect_BeyondTheLimits_IsRefusedBeforeItIsParsed()
    {
        var graph = new OperatorGraph().Input("x", 1);
        for (var i = 0; i < 50; i++)
            graph.Node("Relu", i == 0 ? "x" : $"y{i - 1}", $"y{i}");
        var bytes = ModelFile.Bytes(graph.Output("y49").Proto);

        Inspect(bytes, Limits with { MaximumNodes = 50 }).Operators["Relu"].ShouldBe(50);
        Should.Throw<OnnxFormatException>(() => Inspect(bytes, Limits with { MaximumNodes = 49 })).Message.ShouldContain("49 nodes");
        Should.Throw<OnnxFormatException>(() => Inspect(bytes, Limits with { MaximumBytes = bytes.Length - 1 })).Message.ShouldContain("allowed");
        Should.Throw<OnnxFormatException>(() => Inspect(bytes, Limits with { MaximumStructureBytes = 100 })).Message.ShouldContain("besides the weights");
    }

    [Fact]
    public void Inspect_LargeWeights_AreNoStructure() =>
        Inspect(ModelSynthesizer.Write("squeezenet1_1"), Limits with { MaximumStructureBytes = 500_000 }).Complete.ShouldBeTrue();

    [Fact]
    public void Inspect_DeeplyNestedGraphs_AreRefused()
    {
        var inner = new GraphProto { Name = "g", Node = { new NodeProto { OpType = "Relu" } } };
        for (var depth = 0; depth < 200; depth++)
        {
            var node = new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "then_branch", G = inner } } };
            inner = new GraphProto { Name = "g", Node = { node } };
        }

        Should.Throw<OnnxFormatException>(() => Inspect(ModelFile.Bytes(inner)));
    }

    [Fact]
    public void Inspect_Cancelled_Stops() =>
        Should.Throw<OperationCanceledException>(
            () => OnnxInspector.Inspect(new MemoryStream(ModelSynthesizer.Write("squeezenet1_1")), Limits, new CancellationToken(canceled: true)));

    private static OnnxInspection Inspect(byte[] bytes, InspectorLimits? limits = null) =>
        OnnxInspector.Inspect(new MemoryStream(bytes), limits ?? Limits, CancellationToken.None);
}
