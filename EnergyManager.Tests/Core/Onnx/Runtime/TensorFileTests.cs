using System.Text;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Tests.Support;
using Google.Protobuf;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

public sealed class TensorFileTests : IDisposable
{
    private static readonly OnnxTensorInfo Input = new("x", "float", [null, 2]);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_Proto_GivesTheValues(bool raw)
    {
        var proto = new TensorProto { DataType = (int)OnnxElementType.Float, Dims = { 1, 2 } };
        if (raw)
            proto.RawData = ByteString.CopyFrom([.. BitConverter.GetBytes(1.5f), .. BitConverter.GetBytes(-2f)]);
        else
            proto.FloatData.AddRange([1.5f, -2f]);

        var tensor = Read("x.pb", proto.ToByteArray());

        (tensor.Name, tensor.ElementType).ShouldBe(("x", OnnxElementType.Float));
        tensor.Shape.ShouldBe([1, 2]);
        tensor.As<float>().ToArray().ShouldBe([1.5f, -2f]);
    }

    [Theory]
    [InlineData(1, "(3, 2)", 3)]
    [InlineData(2, "(1, 2,)", 1)]
    public void Read_Numpy_GivesTheValues(byte version, string shape, int rows)
    {
        var tensor = Read("x.npy", Numpy(version, "<f4", "False", shape, 2 * rows * sizeof(float)));

        tensor.ElementType.ShouldBe(OnnxElementType.Float);
        tensor.Shape.ShouldBe([rows, 2]);
        tensor.Data.ToArray().ShouldBe(Enumerable.Range(0, 8 * rows).Select(i => (byte)i));
    }

    [Fact]
    public void Read_Raw_OpenDimensionFollowsFromTheLength() => Read("x.bin", new byte[24]).Shape.ShouldBe([3, 2]);

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "x.pb", "\u0007nothing of the kind"u8.ToArray(), "cannot be used" },
        { "x.pb", new TensorProto { DataType = 99 }.ToByteArray(), "element type 99 is not known" },
        { "x.pb", new TensorProto { DataType = 1, Dims = { 3 }, FloatData = { 1 } }.ToByteArray(), "takes 12 bytes, not 4" },
        { "x.pb", new TensorProto { DataType = 1, DataLocation = TensorProto.Types.DataLocation.External }.ToByteArray(), "in another file" },
        { "x.npy", "not numpy at all"u8.ToArray(), "mark of NumPy" },
        { "x.npy", Numpy(1, ">f4", "False", "(1, 2)", 8), "'>f4'" },
        { "x.npy", Numpy(1, "<f4", "True", "(1, 2)", 8), "Fortran order" },
        { "x.npy", Numpy(1, "<f4", "False", "(1, 2)", 4), "takes 8 bytes, not 4" },
        { "x.npy", Numpy(1, "<f4", "False", "(1, 2)", 8)[..20], "header is cut off" },
        { "x.bin", new byte[7], "takes 8 bytes, not 7" },
        { "x.jpg", [], ".jpg is none of .pb, .npy, .bin" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void Read_Damaged_NamesFileAndInput(string name, byte[] content, string words)
    {
        var error = Should.Throw<OnnxRunnerException>(() => Read(name, content)).Message;

        error.ShouldContain($"{name} for input 'x'");
        error.ShouldContain(words);
    }

    private OnnxTensor Read(string name, byte[] content)
    {
        File.WriteAllBytes(_directory[name], content);
        return TensorFile.Read(_directory[name], Input);
    }

    private static byte[] Numpy(byte version, string type, string fortran, string shape, int bytes)
    {
        var header = Encoding.ASCII.GetBytes($"{{'descr': '{type}', 'fortran_order': {fortran}, 'shape': {shape}, }}   \n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes(header.Length);
        return [0x93, .. "NUMPY"u8, version, 0, .. length, .. header, .. Enumerable.Range(0, bytes).Select(i => (byte)i)];
    }
}
