using System.Globalization;
using EnergyManager.Core.Benchmarks;

namespace EnergyManager.Tests.Core.Benchmarks;

public sealed class BenchmarkReaderTests
{
    private const string Curated = "model,params_m,gmacs,size_mb,input_width,input_height,run_duration_s,run_energy_mwh";
    private const string Raw = "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh,energy_run1_mwh,energy_run2_mwh";

    [Fact]
    public void Read_CuratedWithRequiredColumnsOnly_FillsTheRestFromTheName()
    {
        var row = Read($"{Curated}\nvit_b_p16_r224_fp16,86.6,16.9,165.1,224,224,50,100\n").ToRows().Single();

        row.Precision.ShouldBe(Precision.Fp16);
        row.Architecture.ShouldBe("vit_base_patch16");
        row.Family.ShouldBe("vit");
        row.Inferences.ShouldBeNull();
        row.AveragePower.Watts.ShouldBe(7.2, 1e-12);
        row.Source.ShouldBe("file.csv");
    }

    [Fact]
    public void Read_ColumnsInAnotherOrderQuotedAndPadded_AreFoundByName()
    {
        var row = Read("run_energy_mwh, Model ,params_m,gmacs,size_mb,input_height,input_width,run_duration_s,note\n\"21\" , net ,5,0.4,20,192,224,15,\"a, b\"\n").ToRows().Single();

        (row.Model, row.RunEnergyMwh, row.InputWidth, row.InputHeight).ShouldBe(("net", 21, 224, 192));
    }

    [Fact]
    public void Read_RawWithCount_TakesTheRunAsLatencyTimesCount()
    {
        var row = Read($"{Raw}\nresnet18,11.69,3.64,1.82,44.68,3x224x320,500,0.05,45,44,46\n").ToRows().Single();

        row.RunDurationS.ShouldBe(25);
        row.Inferences.ShouldBe(500);
        (row.InputHeight, row.InputWidth).ShouldBe((224, 320));
        row.RunEnergyStdMwh.ShouldNotBeNull().ShouldBe(Math.Sqrt(2), 1e-12);
    }

    [Fact]
    public void Read_RawWithDuration_TakesItAsTheRun() =>
        Read("model,params_m,gmacs,size_mb,input_size,energy_avg_mwh,duration_avg_s\nnet,2,0.1,8,3x224x224,12.6,19.2\n").ToRows().Single().RunDurationS.ShouldBe(19.2);

    [Theory]
    [InlineData("params_m", "net,abc,0.4,20,224,224,15,21", "'abc' is not a number")]
    [InlineData("gmacs", "net,5,NaN,20,224,224,15,21", "not a finite number")]
    [InlineData("size_mb", "net,5,0.4,-20,224,224,15,21", "-20 is not greater than 0")]
    [InlineData("input_width", "net,5,0.4,20,224.5,224,15,21", "not a whole number of pixels")]
    [InlineData("input_height", "net,5,0.4,20,224,0,15,21", "not a whole number of pixels")]
    [InlineData("run_duration_s", "net,5,0.4,20,224,224,,21", "A number is needed")]
    [InlineData("run_energy_mwh", "net,5,0.4,20,224,224,15,1e999", "not a finite number")]
    [InlineData("run_energy_mwh", "net,5,0.4,20,224,224,15,\"1,5\"", "not a number")]
    [InlineData("run_energy_mwh", "net,5,0.4,20,224,224,15,\"1,5\"", "decimal point: 1.5")]
    [InlineData("run_energy_mwh", "net,5,0.4,20,224,224,15,1e308", "1e+308 is not between")]
    [InlineData("run_duration_s", "net,5,0.4,20,224,224,1e-320,21", "is not between")]
    [InlineData("model", ",5,0.4,20,224,224,15,21", "A value is needed")]
    [InlineData("model", "ne\u001b[31mt,5,0.4,20,224,224,15,21", "control characters")]
    [InlineData("", "net,5,0,4,20,224,224,15,21", "9 fields, the header 8. Write numbers with a decimal point")]
    [InlineData("", "net,5,0.4", "3 fields, the header 8")]
    public void Read_UnusableField_NamesLineAndColumn(string column, string line, string message)
    {
        var error = Errors($"{Curated}\ngood,5,0.4,20,224,224,15,21\n{line}\n").ShouldHaveSingleItem();

        error.Line.ShouldBe(3);
        error.Column.ShouldBe(column);
        error.Message.ShouldContain(message);
    }

    [Fact]
    public void Read_SeveralUnusableFields_ReportsThemAllInOrder() =>
        Errors($"{Curated}\na,x,0.4,20,224,224,y,21\nb,5,0.4,20,224,224,15,-1\n")
            .Select(e => (e.Line, e.Column)).ShouldBe([(2, "params_m"), (2, "run_duration_s"), (3, "run_energy_mwh")]);

    [Fact]
    public void Read_MissingColumns_NamesEachOfThem() =>
        Errors("model,params_m,size_mb,input_width,input_height,run_energy_mwh\nnet,1,2,3,4,5\n")
            .Select(e => (e.Line, e.Column)).ShouldBe([(1, "gmacs"), (1, "run_duration_s")]);

    [Theory]
    [InlineData("model;params_m;gmacs\nnet;1;2\n", "separated by ';'")]
    [InlineData("model\tparams_m\tgmacs\nnet\t1\t2\n", "separated by tabs")]
    [InlineData("model,params_m,params_m,gmacs\nnet,1,1,2\n", "column params_m: The column occurs more than once")]
    [InlineData("PK\u0003\u0004,\u0001\n", "not text")]
    [InlineData("model,params_m,gmacs,size_mb\n", "columns input_width, input_height, run_duration_s, run_energy_mwh: The column is missing")]
    [InlineData("model,params_m,input_size,latency_avg_s\n", "columns gmacs, size_mb, energy_avg_mwh: The column is missing")]
    public void Read_UnusableHeader_SaysWhatItShouldBe(string text, string message) =>
        Should.Throw<BenchmarkFileException>(() => Read(text)).Message.ShouldContain(message);

    [Fact]
    public void Read_LeavingOutBadRows_KeepsTheGoodOnesAndSaysWhatIsWrong()
    {
        var file = Read($"{Curated}\ngood,5,0.4,20,224,224,15,21\nbad,x,0.4,20,224,224,y,21\nalso,5,0.4,20,224,224,15,21\nshort,5\n", new() { LeavesOutBadRows = true });

        file.Records.Select(r => (r.Model, r.Line, r.File)).ShouldBe([("good", 2, "file.csv"), ("also", 4, "file.csv")]);
        file.Errors.Select(e => (e.Line, e.Column)).ShouldBe([(3, "params_m"), (3, "run_duration_s"), (5, "")]);
        file.BadRows.ShouldBe(2);
    }

    [Fact]
    public void Read_LeavingOutBadRowsBeyondTheCapOfErrors_CountsThem()
    {
        var file = Read($"{Curated}\n{string.Concat(Enumerable.Repeat("net,x,0.4,20,224,224,15,21\n", 50))}good,5,0.4,20,224,224,15,21\n", new() { LeavesOutBadRows = true, MaximumErrors = 5 });

        (file.Records.Count, file.Errors.Count, file.BadRows).ShouldBe((1, 5, 50));
    }

    [Fact]
    public void Read_LeavingOutBadRowsUntilTheTextIsNoCsv_SaysThatNothingAfterItWasRead()
    {
        var file = Read($"{Curated}\ngood,5,0.4,20,224,224,15,21\n\"open,5,0.4,20,224,224,15,21\nlost,5,0.4,20,224,224,15,21\n", new() { LeavesOutBadRows = true });

        file.Records.Single().Model.ShouldBe("good");
        file.Errors.Single().Message.ShouldContain("Nothing after it was read");
    }

    [Fact]
    public void Read_ByteOrderMarkAndWindowsLineEnds_AreRead()
    {
        using var reader = new StreamReader(new MemoryStream([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes($"{Curated}\r\ngood,5,0.4,20,224,224,15,21\r\n")]));

        BenchmarkReader.Read(reader, "file.csv").Records.Single().RunEnergyMwh.ShouldBe(21);
    }

    [Fact]
    public void Read_RawWithoutAnyTime_SaysWhichColumnWouldDo() =>
        Errors("model,params_m,gmacs,size_mb,input_size,energy_avg_mwh\nnet,1,1,1,3x224x224,5\n").Single().Column.ShouldBe("latency_avg_s or duration_avg_s");

    [Fact]
    public void Read_RawInputSizeThatIsNone_IsAnErrorOfThatColumn() =>
        Errors($"{Raw}\nresnet18,11.69,3.64,1.82,44.68,224,500,0.05,45,44,46\n").ShouldHaveSingleItem().Column.ShouldBe("input_size");

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData(Curated + "\n")]
    [InlineData("not a table at all")]
    [InlineData(Curated + "\n\"unclosed,5,0.4,20,224,224,15,21\n")]
    [InlineData("{\"model\":\"net\"}")]
    public void Read_NotABenchmarkTable_SaysSo(string text) => Errors(text).ShouldNotBeEmpty();

    [Fact]
    public void Read_MoreRowsThanTheCap_IsRefused() =>
        Should.Throw<BenchmarkFileException>(() => Read($"{Curated}\n{string.Concat(Enumerable.Repeat("net,5,0.4,20,224,224,15,21\n", 4))}", new() { MaximumRows = 3 }))
            .Message.ShouldContain("More than 3 rows");

    [Fact]
    public void Read_AsManyRowsAsTheCap_IsRead() =>
        Read($"{Curated}\n{string.Concat(Enumerable.Repeat("net,5,0.4,20,224,224,15,21\n", 3))}", new() { MaximumRows = 3 }).Records.Count.ShouldBe(3);

    [Fact]
    public void Read_LongerFieldThanTheCap_IsAnErrorOfItsLine() =>
        Errors($"{Curated}\n{new string('x', 600)},5,0.4,20,224,224,15,21\n").Single().ShouldSatisfyAllConditions(
            e => e.Line.ShouldBe(2), e => e.Column.ShouldBe("model"), e => e.Message.ShouldContain("512"));

    [Fact]
    public void Read_MoreErrorsThanTheCap_StopsThere() =>
        Should.Throw<BenchmarkFileException>(() => Read($"{Curated}\n{string.Concat(Enumerable.Repeat("net,x,0.4,20,224,224,15,21\n", 50))}", new() { MaximumErrors = 5 }))
            .Errors.Count.ShouldBe(5);

    [Fact]
    public void Write_ThenRead_GivesTheSameRow()
    {
        var row = new BenchmarkRow
        {
            Model = "hf_hub:timm/resnet18.a1_in1k",
            Architecture = "resnet18",
            Family = "resnet",
            Precision = Precision.Int8,
            ParamsM = 11.69,
            Gmacs = 1.82,
            SizeMb = 11.2,
            InputWidth = 224,
            InputHeight = 192,
            Batch = 4,
            Inferences = 300,
            LikelyInferences = 500,
            RunDurationS = 47.541,
            RunEnergyMwh = 89.945,
            RunEnergyStdMwh = 1.17,
            Campaign = "c",
            Source = "a \"quoted\", name.csv",
            Findings = "x;y",
            ActivationsM = 2.5,
            ReferenceCpuMs = 16.1,
            ReferenceGpuMs = 0.1,
        };
        using var text = new StringWriter(CultureInfo.InvariantCulture);

        CuratedTableWriter.Write(text, [row]);

        Read(text.ToString()).ToRows().Single().ShouldBe(row);
    }

    private static BenchmarkFile Read(string text, BenchmarkReaderOptions? options = null) => BenchmarkReader.Read(new StringReader(text), "file.csv", options);

    private static IReadOnlyList<BenchmarkFileError> Errors(string text) => Should.Throw<BenchmarkFileException>(() => Read(text)).Errors;
}
