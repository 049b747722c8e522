using EnergyManager.Core.Onnx.Format;
using EnergyManager.Core.Onnx.Runtime;
using EnergyManager.Core.Onnx.Synthesis;
using EnergyManager.Tests.Support;

namespace EnergyManager.Tests.Core.Onnx.Runtime;

public sealed class OnnxRunnerTests
{
    private static readonly OnnxRunnerOptions Options = new();

    [Fact]
    public void RunSynthetic_SynthesizedSqueezeNet_RunsAgainAndAgain()
    {
        using var file = new ModelFile(ModelSynthesizer.Write("squeezenet1_1"), "squeezenet1_1.onnx");
        using var runner = OnnxRunner.Load(file.FullPath, Options);

        runner.Inputs.ShouldHaveSingleItem().ToString().ShouldBe("input float [1, 3, 224, 224]");
        runner.Outputs.ShouldHaveSingleItem().ToString().ShouldBe("output float [1, 1000]");
        for (var pass = 0; pass < 5; pass++)
            runner.RunSynthetic(CancellationToken.None);
    }

    [Fact]
    public void RunSynthetic_ManyPasses_DoesNotGrow()
    {
        using var file = new ModelFile(ModelFile.Bytes(graph =>
        {
            var x = graph.Input("x", 1, 3, 64, 64);
            graph.Output(graph.Relu(graph.Conv(x, 64, kernel: 3, padding: 1)), "y");
        }));
        using var runner = OnnxRunner.Load(file.FullPath, Options);
        for (var pass = 0; pass < 20; pass++)
            runner.RunSynthetic(CancellationToken.None);
        var managedBefore = GC.GetAllocatedBytesForCurrentThread();
        var residentBefore = Environment.WorkingSet;

        // 1 MB of output a pass: 2 GB if it were kept. Half of that is left to tests that run beside this one.
        for (var pass = 0; pass < 2000; pass++)
            runner.RunSynthetic(CancellationToken.None);

        (GC.GetAllocatedBytesForCurrentThread() - managedBefore).ShouldBeLessThan(2000 * 2048);
        (Environment.WorkingSet - residentBefore).ShouldBeLessThan(1_000_000_000);
    }

    [Theory]
    [InlineData((int)TensorProto.Types.DataType.Float)]
    [InlineData((int)TensorProto.Types.DataType.Double)]
    [InlineData((int)TensorProto.Types.DataType.Float16)]
    [InlineData((int)TensorProto.Types.DataType.Bfloat16)]
    [InlineData((int)TensorProto.Types.DataType.Int8)]
    [InlineData((int)TensorProto.Types.DataType.Uint8)]
    [InlineData((int)TensorProto.Types.DataType.Int16)]
    [InlineData((int)TensorProto.Types.DataType.Uint16)]
    [InlineData((int)TensorProto.Types.DataType.Int32)]
    [InlineData((int)TensorProto.Types.DataType.Uint32)]
    [InlineData((int)TensorProto.Types.DataType.Int64)]
    [InlineData((int)TensorProto.Types.DataType.Uint64)]
    [InlineData((int)TensorProto.Types.DataType.Bool)]
    public void RunSynthetic_EveryNumericElementType_Runs(int type)
    {
        var element = (TensorProto.Types.DataType)type;
        var graph = ModelFile.Single("Identity", ModelFile.Value("y", element, 2, 3), ModelFile.Value("x", element, 2, 3));
        using var file = new ModelFile(ModelFile.Bytes(graph));
        using var runner = OnnxRunner.Load(file.FullPath, Options);

        runner.RunSynthetic(CancellationToken.None);

        runner.Inputs[0].ElementType.ShouldBe(element.ToString().ToLowerInvariant());
    }

    [Fact]
    public void Load_SeveralDynamicInputs_TakesSizesFromOptions()
    {
        // The sum only exists when both images have the same shape, and the product only when "length" is 5.
        var graph = ModelFile.Single(
            "Add",
            ModelFile.Value("sum", TensorProto.Types.DataType.Float, "n", "c", "h", "w"),
            ModelFile.Value("a", TensorProto.Types.DataType.Float, "n", 3, "h", "w"),
            ModelFile.Value("b", TensorProto.Types.DataType.Float, "n", "c", 32, 32));
        graph.Input.Add(ModelFile.Value("tokens", TensorProto.Types.DataType.Float, "n", "length"));
        graph.Input.Add(ModelFile.Value("table", TensorProto.Types.DataType.Float, 5, 4));
        graph.Output.Add(ModelFile.Value("product", TensorProto.Types.DataType.Float, "n", 4));
        var product = new NodeProto { OpType = "MatMul", Input = { "tokens", "table" }, Output = { "product" } };
        graph.Node.Add(product);
        using var file = new ModelFile(ModelFile.Bytes(graph));
        var options = Options with { DynamicSpatialSize = 32, NamedDimensions = new Dictionary<string, long> { ["length"] = 5 } };
        using var runner = OnnxRunner.Load(file.FullPath, options);

        runner.RunSynthetic(CancellationToken.None);

        runner.Inputs.Select(input => input.ToString()).ShouldBe(
            ["a float [?, 3, ?, ?]", "b float [?, ?, 32, 32]", "tokens float [?, ?]", "table float [5, 4]"]);
    }

    [Fact]
    public void RunSynthetic_ShapesThatDoNotFit_SaysWhichFileAndWhy()
    {
        var graph = ModelFile.Single(
            "MatMul",
            ModelFile.Value("y", TensorProto.Types.DataType.Float, 2, 2),
            ModelFile.Value("a", TensorProto.Types.DataType.Float, 2, "k"),
            ModelFile.Value("b", TensorProto.Types.DataType.Float, 7, 2));
        using var file = new ModelFile(ModelFile.Bytes(graph), "odd.onnx");
        using var runner = OnnxRunner.Load(file.FullPath, Options);

        var error = Should.Throw<OnnxRunnerException>(() => runner.RunSynthetic(CancellationToken.None));

        error.FileName.ShouldBe("odd.onnx");
        error.Message.ShouldStartWith("odd.onnx failed while running: ");
        error.Message.ShouldContain("MatMul");
    }

    [Theory]
    [InlineData("this is not a model")]
    [InlineData("")]
    public void Load_NotAModel_GivesTheReasonWithoutTheDirectory(string content)
    {
        using var file = new ModelFile(System.Text.Encoding.UTF8.GetBytes(content), "broken.onnx");

        var error = Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, Options));

        error.FileName.ShouldBe("broken.onnx");
        error.Message.ShouldStartWith("broken.onnx cannot be loaded: ");
        error.Message.ShouldNotContain(Path.GetDirectoryName(file.FullPath)!);
    }

    [Fact]
    public void Load_Truncated_IsAnError()
    {
        using var file = new ModelFile(ModelSynthesizer.Write("squeezenet1_1")[..500_000]);

        Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, Options)).Message.ShouldStartWith("model.onnx cannot be loaded: ");
    }

    [Fact]
    public void Load_MissingFile_IsAnError() =>
        Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load("/nowhere/absent.onnx", Options)).Message.ShouldBe("absent.onnx: no such file.");

    [Fact]
    public void Load_StringInput_IsRefusedByName()
    {
        var graph = ModelFile.Single(
            "Identity", ModelFile.Value("y", TensorProto.Types.DataType.String, 1), ModelFile.Value("words", TensorProto.Types.DataType.String, 1));
        using var file = new ModelFile(ModelFile.Bytes(graph));

        var error = Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, Options));

        error.FileName.ShouldBe("model.onnx");
        error.Message.ShouldContain("'words'");
    }

    [Fact]
    public void Load_HugeInput_IsRefused()
    {
        var type = TensorProto.Types.DataType.Float;
        var graph = ModelFile.Single("Relu", ModelFile.Value("y", type, 1 << 20, 1 << 20, 1 << 30), ModelFile.Value("x", type, 1 << 20, 1 << 20, 1 << 30));
        using var file = new ModelFile(ModelFile.Bytes(graph));

        Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, Options)).Message.ShouldContain("elements allowed");
    }

    [Fact]
    public void Load_ProviderThatThisBuildLacks_SaysWhatThereIs()
    {
        using var file = new ModelFile(ModelSynthesizer.Write("squeezenet1_1"));

        var error = Should.Throw<OnnxRunnerException>(() => OnnxRunner.Load(file.FullPath, Options with { ExecutionProvider = "abacus" }));

        error.Message.ShouldContain("'abacus' is not in this build of ONNX Runtime, which has:");
        error.Message.ShouldContain("cpu");
        ExecutionProviders.Available().ShouldContain("cpu");
    }

    [Fact]
    public async Task RunSynthetic_Cancelled_StopsAndStaysUsable()
    {
        // About 100 GMACs in one thread: seconds, if nothing stopped them.
        using var file = new ModelFile(ModelFile.Bytes(graph =>
        {
            var x = graph.Input("x", 1, 128, 128, 128);
            for (var layer = 0; layer < 40; layer++)
                x = graph.Relu(graph.Conv(x, 128, kernel: 3, padding: 1, bias: false));
            graph.Output(x, "y");
        }));
        using var runner = OnnxRunner.Load(file.FullPath, Options);

        for (var run = 0; run < 2; run++)
        {
            using var cancellation = new CancellationTokenSource();
            var canceller = CancelSoon(cancellation);

            await Should.ThrowAsync<OperationCanceledException>(() => Task.Run(() => runner.RunSynthetic(cancellation.Token))).WaitAsync(Eventually.Patience);

            canceller.Join();
        }
    }

    // On a thread of its own: a timer fires on the pool, which the other tests may keep busy for longer than the model runs.
    private static Thread CancelSoon(CancellationTokenSource cancellation)
    {
        var thread = new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            never.Wait(TimeSpan.FromMilliseconds(200));
            cancellation.Cancel();
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    [Fact]
    public async Task Dispose_WhileRunning_WaitsAndLaterRunsAreRefused()
    {
        using var file = new ModelFile(ModelSynthesizer.Write("squeezenet1_1"));
        var runner = OnnxRunner.Load(file.FullPath, Options);
        using var started = new ManualResetEventSlim();
        var running = Task.Run(() =>
        {
            runner.RunSynthetic(CancellationToken.None);
            started.Set();
            Should.Throw<ObjectDisposedException>(() =>
            {
                while (true)
                    runner.RunSynthetic(CancellationToken.None);
            });
        });
        started.Wait(Eventually.Patience).ShouldBeTrue();

        runner.Dispose();
        runner.Dispose();

        await running.WaitAsync(Eventually.Patience);
    }
}
