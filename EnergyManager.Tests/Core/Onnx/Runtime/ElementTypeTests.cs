using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

/// <summary>Every element type through the runtime and back.</summary>
public sealed class ElementTypeTests
{
    public static TheoryData<OnnxElementType> Numbers => [.. Enum.GetValues<OnnxElementType>().Where(t => t is not (OnnxElementType.Undefined or OnnxElementType.String))];

    // What neither the runtime nor its .NET package has.
    private static readonly Dictionary<OnnxElementType, string> Refused = new()
    {
        [OnnxElementType.Complex64] = "tensor(complex64) is not currently registered or supported",
        [OnnxElementType.Complex128] = "tensor(complex128) is not currently registered or supported",
        [OnnxElementType.Float8E4M3FN] = "elements of type float8e4m3fn, which the .NET package of ONNX Runtime does not know",
        [OnnxElementType.Float8E4M3FNUZ] = "elements of type float8e4m3fnuz, which the .NET package of ONNX Runtime does not know",
        [OnnxElementType.Float8E5M2] = "elements of type float8e5m2, which the .NET package of ONNX Runtime does not know",
        [OnnxElementType.Float8E5M2FNUZ] = "elements of type float8e5m2fnuz, which the .NET package of ONNX Runtime does not know",
        [OnnxElementType.UInt4] = "Could not find an implementation for Identity",
        [OnnxElementType.Int4] = "Could not find an implementation for Identity",
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Run_Identity_GivesBackTheSameBytesOrSaysWhyNot(OnnxElementType type)
    {
        using var file = Identity(type, opset: 21);
        var bytes = Enumerable.Range(0, (int)type.Bytes(6)).Select(i => (byte)(type == OnnxElementType.Bool ? i % 2 : 17 * i % 120)).ToArray();
        var input = new OnnxTensor("x", type, [2, 3], bytes);
        if (Refused.TryGetValue(type, out var reason))
        {
            Should.Throw<OnnxRunnerException>(() => Run(file, input)).Message.ShouldContain(reason);
            return;
        }

        var output = Run(file, input).ShouldHaveSingleItem().ShouldBeOfType<OnnxTensor>();

        (output.Name, output.ElementType).ShouldBe(("y", type));
        output.Shape.ShouldBe([2, 3]);
        output.Data.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public void Run_Text_GivesItBack()
    {
        using var file = Identity(OnnxElementType.String, opset: 13);

        var output = Run(file, new OnnxTensor("x", [2, 2], ["", "năng lượng", "a\0b", "\U0001F50B"])).ShouldHaveSingleItem().ShouldBeOfType<OnnxTensor>();

        output.Strings.ShouldBe(["", "năng lượng", "a\0b", "\U0001F50B"]);
    }

    [Fact]
    public void Run_NoElements_GivesNone()
    {
        using var file = Identity(OnnxElementType.Float, opset: 13);

        var output = Run(file, new OnnxTensor("x", OnnxElementType.Float, [0, 3], default)).ShouldHaveSingleItem().ShouldBeOfType<OnnxTensor>();

        (output.Elements, output.Data.Length).ShouldBe((0, 0));
        output.Shape.ShouldBe([0, 3]);
    }

    [Theory]
    [InlineData(new long[] { 2, 2 }, "takes 16 bytes, not 24")]
    [InlineData(new long[] { -1, 6 }, "is negative")]
    [InlineData(new long[] { int.MaxValue, int.MaxValue, int.MaxValue }, "is more than")]
    public void Tensor_ThatDoesNotFit_IsRefused(long[] shape, string words) =>
        Should.Throw<ArgumentException>(() => new OnnxTensor("x", OnnxElementType.Float, shape, new byte[24])).Message.ShouldContain(words);

    private static IReadOnlyList<OnnxValue> Run(ModelFile file, OnnxTensor input)
    {
        using var runner = OnnxRunner.Load(file.FullPath, new OnnxRunnerOptions { PrepareInputs = false });
        return runner.Run([input], CancellationToken.None);
    }

    private static ModelFile Identity(OnnxElementType type, int opset)
    {
        var kind = (TensorProto.Types.DataType)type;
        var model = ModelProto.Parser.ParseFrom(ModelFile.Bytes(ModelFile.Single("Identity", ModelFile.Value("y", kind, "n", "m"), ModelFile.Value("x", kind, "n", "m"))));
        (model.IrVersion, model.OpsetImport[0].Version) = (10, opset);
        return new ModelFile(Google.Protobuf.MessageExtensions.ToByteArray(model));
    }
}
