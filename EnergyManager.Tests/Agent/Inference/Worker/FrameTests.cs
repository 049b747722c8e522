using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Worker;
using EnergyManager.Core.Onnx.Runtime;

namespace EnergyManager.Tests.Agent.Inference.Worker;

public sealed class FrameTests
{
    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using var stream = new MemoryStream();
        new Frame(FrameKind.Run, 7, "{}"u8.ToArray(), new byte[] { 1, 2, 3 }).Write(stream);
        new Frame(FrameKind.Cancel, 8, default, default).Write(stream);
        stream.Position = 0;

        var first = Frame.Read(stream).ShouldNotBeNull();
        var second = Frame.Read(stream).ShouldNotBeNull();

        (first.Kind, first.Request).ShouldBe((FrameKind.Run, 7u));
        first.Json.ToArray().ShouldBe("{}"u8.ToArray());
        first.Body.ToArray().ShouldBe([1, 2, 3]);
        (second.Kind, second.Request, second.Json.Length, second.Body.Length).ShouldBe((FrameKind.Cancel, 8u, 0, 0));
        Frame.Read(stream).ShouldBeNull();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(24)]
    public void Read_CutOff_IsNoFrame(int length)
    {
        using var stream = new MemoryStream();
        new Frame(FrameKind.Run, 7, "{}"u8.ToArray(), new byte[] { 1, 2, 3 }).Write(stream);
        stream.SetLength(length);
        stream.Position = 0;

        Should.Throw<EndOfStreamException>(() => Frame.Read(stream));
    }

    [Fact]
    public void Write_LargerThanAllowed_WritesNothing()
    {
        using var stream = new MemoryStream();

        Should.Throw<InvalidDataException>(() => new Frame(FrameKind.Run, 7, new byte[Frame.MaximumJson + 1], default).Write(stream));

        stream.Length.ShouldBe(0);
    }

    [Fact]
    public void Tensors_NumbersAndText_AreTheSameOnTheOtherSide()
    {
        OnnxTensor[] tensors = [OnnxTensor.Of<long>("a", OnnxElementType.Int64, [2], [1, -2]), new OnnxTensor("t", [2], ["", "điện"]), new OnnxTensor("none", OnnxElementType.Float, [0], default)];

        var (read, list) = TensorFrames.Read(TensorFrames.Write(FrameKind.Done, 1, tensors, 1.5, 1000));

        list.LatencyMs.ShouldBe(1.5);
        read.Select(t => t.Name).ShouldBe(["a", "t", "none"]);
        read[0].As<long>().ToArray().ShouldBe([1L, -2L]);
        read[1].Strings.ShouldBe(["", "điện"]);
        read[2].Shape.ShouldBe([0]);
    }

    [Fact]
    public void Tensors_MoreThanAllowed_AreRefusedWithTheSetting() =>
        Should.Throw<ModelException>(() => TensorFrames.Write(FrameKind.Predict, 1, [new OnnxTensor("a", OnnxElementType.UInt8, [11], new byte[11])], 0, 10))
            .Message.ShouldContain("11 bytes, more than the 10 allowed for a prediction (EnergyManager:Agent:Inference:MaximumPredictionBytes)");

    [Theory]
    [InlineData("""{"tensors":[{"name":"a","type":"float","shape":[2],"bytes":8}],"latency_ms":0,"maximum_bytes":0}""")] // The body has 4.
    [InlineData("""{"tensors":[{"name":"a","type":"float","shape":[2],"bytes":4}],"latency_ms":0,"maximum_bytes":0}""")]
    [InlineData("""{"tensors":[{"name":"a","type":"doubtful","shape":[1],"bytes":4}],"latency_ms":0,"maximum_bytes":0}""")]
    [InlineData("""{"tensors":[{"name":"a","type":"string","shape":[1],"bytes":4}],"latency_ms":0,"maximum_bytes":0}""")]
    [InlineData("""{"tensors":[{"name":"a","type":"float","shape":[1],"bytes":-4}],"latency_ms":0,"maximum_bytes":0}""")]
    [InlineData("nonsense")]
    public void Tensors_DamagedFrame_IsRefused(string json)
    {
        var frame = new Frame(FrameKind.Done, 1, System.Text.Encoding.UTF8.GetBytes(json), new byte[] { 255, 255, 255, 127 });

        Should.Throw<InvalidDataException>(() => TensorFrames.Read(frame));
    }
}
