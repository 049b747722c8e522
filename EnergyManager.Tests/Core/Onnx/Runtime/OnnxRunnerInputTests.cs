using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

/// <summary>Given inputs, given shapes, and what does not fit.</summary>
public sealed class OnnxRunnerInputTests
{
    [Fact]
    public void Run_SeveralInputsAndOutputsInAnyOrder_GivesAllOutputsInTheModelsOrder()
    {
        using var file = new ModelFile(ModelFile.Bytes(Sums()));
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions { IntraOpThreads = 2, InterOpThreads = 2 });

        var outputs = runner.Run([Tensor("b", 10, 20, 30), Tensor("a", 1, 2, 3)], CancellationToken.None);

        outputs.Select(o => o.Name).ShouldBe(["sum", "difference"]);
        ((OnnxTensor)outputs[0]).As<float>().ToArray().ShouldBe([11f, 22f, 33f]);
        ((OnnxTensor)outputs[1]).As<float>().ToArray().ShouldBe([-9f, -18f, -27f]);
    }

    [Theory]
    [InlineData("a", 1, "Input 'b' is missing")]
    [InlineData("a,b,b", 1, "Input 'b' is given twice")]
    [InlineData("a,b,c", 1, "Input 'c' is none of this model, which takes: a float [?]; b float [?]")]
    [InlineData("a,b", 2, "Input 'a' has the shape [1, 1]; the model takes a float [?], where ? is any size.")]
    public void Run_InputsThatDoNotFit_AreNamed(string names, int rank, string words)
    {
        using var file = new ModelFile(ModelFile.Bytes(Sums()));
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions());
        var inputs = names.Split(',').Select(name => (OnnxValue)new OnnxTensor(name, OnnxElementType.Float, Enumerable.Repeat(1L, rank).ToArray(), new byte[4])).ToList();

        Should.Throw<OnnxRunnerException>(() => runner.Run(inputs, CancellationToken.None)).Message.ShouldContain(words);
    }

    [Fact]
    public void Run_InputOfAnotherType_IsNamed()
    {
        using var file = new ModelFile(ModelFile.Bytes(Sums()));
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions());

        Should.Throw<OnnxRunnerException>(() => runner.Run([new OnnxTensor("a", OnnxElementType.Int64, [1], new byte[8]), Tensor("b", 1)], CancellationToken.None))
            .Message.ShouldBe("Input 'a' is of type int64; the model takes float.");
    }

    [Theory]
    [InlineData(new long[] { 5 }, null)]
    [InlineData(new long[] { 5, 5 }, "The shape [5, 5] does not fit input 'a' [?]")]
    public void Load_GivenShapes_GoBeforeDefaults(long[] shape, string? error)
    {
        using var file = new ModelFile(ModelFile.Bytes(Sums()));
        var options = new OnnxRunnerOptions { InputShapes = new Dictionary<string, IReadOnlyList<long>> { ["a"] = shape, ["b"] = [5] } };

        if (error is not null)
        {
            Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, options)).Message.ShouldContain(error);
            return;
        }
        using var runner = OnnxRunner.Load(file.FullPath, options);
        runner.RunSynthetic(CancellationToken.None);
    }

    private static OnnxTensor Tensor(string name, params float[] values) => OnnxTensor.Of<float>(name, OnnxElementType.Float, [values.Length], values);

    private static GraphProto Sums()
    {
        var (a, b) = (ModelFile.Value("a", TensorProto.Types.DataType.Float, "n"), ModelFile.Value("b", TensorProto.Types.DataType.Float, "m"));
        var graph = ModelFile.Single("Add", ModelFile.Value("sum", TensorProto.Types.DataType.Float, "k"), a, b);
        graph.Node.Add(new NodeProto { OpType = "Sub", Name = "second", Input = { "a", "b" }, Output = { "difference" } });
        graph.Output.Add(ModelFile.Value("difference", TensorProto.Types.DataType.Float, "k"));
        return graph;
    }
}
