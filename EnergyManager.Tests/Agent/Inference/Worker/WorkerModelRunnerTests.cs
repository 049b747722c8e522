using System.Diagnostics;
using EnergyManager.Agent;
using EnergyManager.Agent.Inference;
using EnergyManager.Agent.Inference.Worker;
using EnergyManager.Benchmarks.Soak;
using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Core.Onnx;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Agent.Inference.Worker;

/// <summary>The real process around the real runtime, ended in every way that it can end.</summary>
public sealed class WorkerModelRunnerTests
{
    private static readonly WorkerCommand Real = new("dotnet", ["exec", Outputs.Agent, InferenceWorker.Command, "0"]);

    [Fact]
    public void RunBatch_RealModel_GivesSpansOnThisClock()
    {
        using var file = new ModelFile(ModelSynthesizer.Write("squeezenet1_1"));
        using var runner = Load(file);
        var before = Stopwatch.GetTimestamp();

        var batch = runner.RunBatch(5, TimeSpan.FromSeconds(30), CancellationToken.None);

        var after = Stopwatch.GetTimestamp();
        batch.Failure.ShouldBeNull();
        batch.Spans.Count.ShouldBe(5);
        batch.Spans[0].Start.ShouldBeGreaterThan(before);
        batch.Spans[^1].End.ShouldBeLessThan(after);
        for (var i = 1; i < 5; i++)
            batch.Spans[i].Start.ShouldBeGreaterThanOrEqualTo(batch.Spans[i - 1].End);
        runner.RunBatch(1000, TimeSpan.Zero, CancellationToken.None).Spans.ShouldHaveSingleItem();
        runner.Signature.Inputs.ShouldHaveSingleItem().ToString().ShouldEndWith("float [1, 3, 224, 224]");
    }

    [Fact]
    public void Predict_AddOfTwoInputs_GivesTheSum()
    {
        using var file = new ModelFile(AddModel());
        using var runner = Load(file);

        var prediction = runner.Predict([Floats("b", 10, 20), Floats("a", 1, 2)], CancellationToken.None);

        var sum = prediction.Outputs.ShouldHaveSingleItem();
        (sum.Name, sum.ElementType).ShouldBe(("y", OnnxElementType.Float));
        sum.Shape.ShouldBe([2]);
        sum.As<float>().ToArray().ShouldBe([11f, 22f]);
        prediction.Latency.ShouldBeGreaterThan(TimeSpan.Zero);
        Should.Throw<ModelException>(() => runner.Predict([Floats("a", 1, 2)], CancellationToken.None)).Message.ShouldContain("Input 'b' is missing");
    }

    /// <summary>
    /// A leak of as little as one buffer a run (48 KB of input, 128 KB of output) would be 250 MB and more. The process of the
    /// model is measured, in which nothing else runs; the soak command of the benchmarks does it for longer.
    /// </summary>
    [Fact]
    public void Run_FiveThousandTimes_LeavesNothingBehindInTheProcess()
    {
        using var file = new ModelFile(SmallModel.Write());
        using var runner = Load(file);
        var input = new OnnxTensor("x", OnnxElementType.Float, [1, 3, 64, 64], new byte[3 * 64 * 64 * sizeof(float)]);
        Run(500);
        var before = runner.Usage.ShouldNotBeNull().ResidentBytes;

        Run(5000);

        (runner.Usage.ShouldNotBeNull().ResidentBytes - before).ShouldBeLessThan(40_000_000);

        // Half on prepared inputs, half on inputs given and outputs returned.
        void Run(int runs)
        {
            for (var done = 0; done < runs; done += 100)
            {
                runner.RunBatch(50, TimeSpan.FromMinutes(1), CancellationToken.None).Spans.Count.ShouldBe(50);
                for (var i = 0; i < 50; i++)
                    runner.Predict([input], CancellationToken.None).Outputs.Count.ShouldBe(1);
            }
        }
    }

    [Theory]
    [InlineData("SEGV", "signal 11 (segmentation fault)")]
    [InlineData("KILL", "signal 9 (killed; the kernel does so when memory runs out)")]
    [InlineData("ABRT", "signal 6 (aborted)")]
    public async Task Run_ProcessDies_SaysHowAndTheNextRunStartsAnother(string signal, string expected)
    {
        using var file = new ModelFile(AddModel());
        using var runner = Load(file);
        var first = runner.Usage.ShouldNotBeNull().ProcessId;
        await SignalUntilGoneAsync(first, signal);

        var error = Should.Throw<ModelCrashException>(() => runner.RunBatch(int.MaxValue, TimeSpan.FromSeconds(10), CancellationToken.None));

        error.Message.ShouldBe($"The inference process died: {expected}.");
        runner.Run(CancellationToken.None);
        runner.Usage.ShouldNotBeNull().ProcessId.ShouldNotBe(first);
    }

    [Fact]
    public async Task Run_ProcessHangs_IsKilledAfterTheTimeout()
    {
        using var file = new ModelFile(AddModel());
        using var runner = Load(file, new InferenceOptions { RunTimeout = TimeSpan.FromMilliseconds(500) });
        var id = runner.Usage.ShouldNotBeNull().ProcessId;
        await SignalAsync(id, "STOP");

        Should.Throw<ModelCrashException>(() => runner.Run(CancellationToken.None)).Message.ShouldBe("The inference process did not end an inference within 0.5 s.");

        runner.Usage.ShouldBeNull();
        Directory.Exists($"/proc/{id}").ShouldBeFalse();
    }

    [Fact]
    public void Run_Cancelled_StopsTheModelAndTheProcessStays()
    {
        using var file = new ModelFile(SlowModel());
        using var runner = Load(file);
        var id = runner.Usage!.ProcessId;
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        Should.Throw<OperationCanceledException>(() => runner.RunBatch(1, TimeSpan.Zero, cancellation.Token));

        runner.Usage.ShouldNotBeNull().ProcessId.ShouldBe(id);
    }

    [Theory]
    [InlineData("echo this is no frame, whatever it may be", "was ended because what it sent is no message")]
    [InlineData("exit 3", "died: exit code 3")]
    [InlineData("kill -SEGV $$", "died: signal 11")]
    [InlineData("exec sleep 60", "did not start within 1 s")]
    [InlineData(@"printf 'EMIW\002\000\001\000\000\000\000\000\000\000\000\000\000\000\000\000'; exec sleep 60", "it speaks version 2, not 1")]
    [InlineData(@"printf 'EMIW\001\000\001\000\000\000\000\000\377\377\377\377\000\000\000\000'; exec sleep 60", "announced a message of 4294967295")]
    [InlineData(@"printf 'EMIW\001\000\006\000\005\000\000\000\000\000\000\000\000\000\000\000'; exec sleep 60", "it answered request 5 instead of 0")]
    public void Load_ProcessThatIsNoWorker_SaysWhatIsWrong(string script, string expected)
    {
        using var file = new ModelFile(AddModel());
        var options = new InferenceOptions { StartTimeout = TimeSpan.FromSeconds(1) };

        var error = Should.Throw<ModelCrashException>(() => new WorkerModelLoader(options, new WorkerCommand("/bin/sh", ["-c", script]), TimeProvider.System).Load(file.FullPath));

        error.Message.ShouldStartWith("The inference process ");
        error.Message.ShouldContain(expected);
    }

    [Fact]
    public void Load_NoSuchProgram_SaysSo() =>
        Should.Throw<ModelCrashException>(() => new WorkerModelLoader(new InferenceOptions(), new WorkerCommand("/nowhere/agent", []), TimeProvider.System).Load("x.onnx"))
            .Message.ShouldStartWith("The inference process cannot be started: ");

    [Fact]
    public void Load_NotAModel_HasTheRuntimesReason()
    {
        using var file = new ModelFile("this is no protobuf"u8.ToArray());

        var error = Should.Throw<ModelException>(() => Load(file));

        error.ShouldBeOfType<ModelException>();
        error.Message.ShouldContain("Protobuf parsing failed");
    }

    [Fact]
    public void Load_ProviderThatTheLibraryLacks_NamesThoseItHas()
    {
        using var file = new ModelFile(AddModel());

        var error = Should.Throw<ModelException>(() => Load(file, new InferenceOptions { ExecutionProvider = "cuda" }));

        error.Message.ShouldContain("The execution provider 'cuda' is not in this build of ONNX Runtime, which has: cpu");
    }

    [Fact]
    public void Load_InputPath_InputsComeFromFiles()
    {
        using var file = new ModelFile(ModelFile.Bytes(Divide()));
        using var directory = new TemporaryDirectory();
        File.WriteAllBytes(directory["a.bin"], BitConverter.GetBytes(1).Concat(BitConverter.GetBytes(2)).ToArray());
        File.WriteAllBytes(directory["b.bin"], new byte[8]);

        // Random numbers would not be zero everywhere, nor fail every time.
        using var runner = Load(file, new InferenceOptions { InputPath = directory.Path });
        Should.Throw<ModelException>(() => runner.Run(CancellationToken.None)).Message.ShouldContain("Integer division by zero");

        File.Delete(directory["b.bin"]);
        Should.Throw<ModelException>(() => Load(file, new InferenceOptions { InputPath = directory.Path })).Message.ShouldContain("no file for input 'b'");
    }

    [Fact]
    public async Task Dispose_EndsTheProcess()
    {
        using var file = new ModelFile(SlowModel());
        var runner = Load(file);
        var id = runner.Usage!.ProcessId;
        var run = Task.Run(() => Record.Exception(() => runner.Run(CancellationToken.None)));
        await Task.Delay(200);

        runner.Dispose();

        (await run.WaitAsync(Eventually.Patience)).ShouldNotBeNull();
        Directory.Exists($"/proc/{id}").ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => runner.Run(CancellationToken.None));
    }

    // .NET takes a first fault from another process for one of managed code and goes on, and two that come together are one; a
    // real fault comes again and again.
    internal static async Task SignalUntilGoneAsync(int process, string signal)
    {
        for (var i = 0; i < 1200 && Directory.Exists($"/proc/{process}"); i++)
        {
            await SignalAsync(process, signal);
            await Task.Delay(50);
        }
    }

    private static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{process}"]) { RedirectStandardError = true, UseShellExecute = false })!;
        await kill.WaitForExitAsync();
    }

    internal static byte[] AddModel() => ModelFile.Bytes(ModelFile.Single(
        "Add",
        ModelFile.Value("y", TensorProto.Types.DataType.Float, "n"),
        ModelFile.Value("a", TensorProto.Types.DataType.Float, "n"),
        ModelFile.Value("b", TensorProto.Types.DataType.Float, "n")));

    private static GraphProto Divide() => ModelFile.Single(
        "Div",
        ModelFile.Value("y", TensorProto.Types.DataType.Int32, 2),
        ModelFile.Value("a", TensorProto.Types.DataType.Int32, 2),
        ModelFile.Value("b", TensorProto.Types.DataType.Int32, 2));

    // About 100 GMACs in one pass.
    private static byte[] SlowModel() => ModelFile.Bytes(graph =>
    {
        var x = graph.Input("x", 1, 128, 128, 128);
        for (var layer = 0; layer < 40; layer++)
            x = graph.Relu(graph.Conv(x, 128, kernel: 3, padding: 1, bias: false));
        graph.Output(x, "y");
    });

    private static OnnxTensor Floats(string name, params float[] values) => OnnxTensor.Of<float>(name, OnnxElementType.Float, [values.Length], values);

    private static IModelRunner Load(ModelFile file, InferenceOptions? options = null) =>
        new WorkerModelLoader(options ?? new InferenceOptions { Threads = 1 }, Real, TimeProvider.System).Load(file.FullPath);
}
