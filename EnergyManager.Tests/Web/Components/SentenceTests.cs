using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EnergyManager.Core.Deployment;
using EnergyManager.Core.ModelStore;
using EnergyManager.Core.Prediction;
using EnergyManager.Tests.Support;
using EnergyManager.Web.Components.Sentences;
using EnergyManager.Web.Deployment;

namespace EnergyManager.Tests.Web.Components;

public sealed partial class SentenceTests
{
    public SentenceTests() => CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("vi");

    [Theory]
    [InlineData(
        "mobilenetv2_100 requested by api. Calibrated by what the device measured: latency x 0.863 from 1 model; power x 0.435 from 1 model (measured:ina219). Predicted 8.18 mWh for the standard run of 500 inferences, within the budget of 1000 mWh.",
        "api yêu cầu mobilenetv2_100. Hiệu chỉnh theo số đo của thiết bị: độ trễ x 0,863 từ 1 mô hình; công suất x 0,435 từ 1 mô hình (measured:ina219). Dự đoán 8,18 mWh cho lượt chạy chuẩn 500 lần suy luận, trong ngân sách 1000 mWh.")]
    [InlineData("Latency p50 8.49 ms, p95 11.51 ms. Measured 28.67 mJ per inference.", "Độ trễ p50 8,49 ms, p95 11,51 ms. Đo được 28,67 mJ mỗi lần suy luận.")]
    [InlineData("resnet18.onnx did not arrive intact: its SHA-256 is wrong. resnet50 runs on.", "resnet18.onnx không đến nguyên vẹn: its SHA-256 is wrong. resnet50 vẫn tiếp tục chạy.")]
    [InlineData("resnet18.a1_in1k waits for 10.0.0.5, which is offline.", "resnet18.a1_in1k chờ 10.0.0.5, thiết bị này đang ngoại tuyến.")]
    public void Say_KnownSentences_AreVietnameseWithFiguresInTheirNotation(string english, string vietnamese) =>
        ServerSentences.Say(english).ShouldBe(new SaidSentence(vietnamese, null));

    [Fact]
    public void Say_UnknownSentence_StaysAsItIsAndSaysItsLanguage() =>
        ServerSentences.Say("Something nobody wrote down. resnet50 runs on.").ShouldBe(new SaidSentence("Something nobody wrote down. resnet50 vẫn tiếp tục chạy.", "en"));

    [Fact]
    public void Say_EnglishVisitor_HearsItUnchanged()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");

        ServerSentences.Say("resnet50 runs on.").ShouldBe(new SaidSentence("resnet50 runs on.", null));
    }

    [Fact]
    public void Say_TextOfADeviceThatMeansHarm_TakesNoTime()
    {
        var text = string.Join(' ', Enumerable.Repeat("a requested by", 130)) + ".";

        ServerSentences.Say(text).Text.ShouldNotBeEmpty();
        ServerSentences.Say(new string('.', 100_000)).Language.ShouldBe("en");
    }

    [Fact]
    public void Catalogue_EverySentence_IsWholeInBothLanguagesWithTheSameHoles()
    {
        SentenceCatalog.All.Count.ShouldBeGreaterThan(80);
        SentenceCatalog.All.Select(sentence => sentence.English).ShouldBeUnique();
        foreach (var (english, vietnamese) in SentenceCatalog.All)
        {
            foreach (var text in new[] { english, vietnamese })
            {
                (char.IsUpper(text[0]) || text[0] is '{' or '\'').ShouldBeTrue(text);
                (text[^1] is '.' or '}').ShouldBeTrue(text);
            }

            vietnamese.ShouldNotBe(english);
            vietnamese.Any(letter => letter > 127).ShouldBeTrue($"no diacritics: {vietnamese}");
            Holes(vietnamese).Except(Holes(english)).ShouldBeEmpty(english);
        }
    }

    [Fact]
    public void Catalogue_EverySentenceFilledIn_IsRecognised()
    {
        string[] values = ["resnet18.a1_in1k", "12.5", "nano-7"];
        foreach (var (english, _) in SentenceCatalog.All)
        {
            var filled = Hole().Replace(english, hole => values[(hole.Groups["n"].Value[0] - '0') % values.Length]);

            ServerSentences.Knows(filled.EndsWith('.') ? filled : filled + ".").ShouldBeTrue(filled);
        }
    }

    [Fact]
    public void Catalogue_WhatStandsStill_IsKnown()
    {
        foreach (var state in Enum.GetValues<DeploymentState>())
        {
            ServerSentences.Knows(StandStill.Sentence(state, TimeSpan.FromMinutes(5), "resnet18", "nano-7")).ShouldBeTrue(state.ToString());
            ServerSentences.Knows(StandStill.AwaySentence(state, TimeSpan.FromDays(7), "resnet18", "nano-7")).ShouldBeTrue(state.ToString());
        }
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData(10.0, false)]
    [InlineData(10.0, true)]
    public void Catalogue_WhatTheGateSaysWithoutAPrediction_IsKnown(double? budget, bool overridden) =>
        ServerSentences.Knows(EnergyGate.Check(null, null, budget, overridden).Message).ShouldBeTrue();

    [Theory]
    [InlineData("params_m is NaN; give a finite number greater than 0 (millions of parameters).", "params_m là NaN; hãy nhập một số hữu hạn lớn hơn 0 (triệu tham số).")]
    [InlineData(
        "Too far from every model measured on the Jetson Nano to be predicted (score 7.2; refused beyond 4): params_m 5000 M is above the measured 1.24 to 138; the nearest is vgg16. Check the units, or measure the model on the board.",
        "Quá khác mọi mô hình đã đo trên Jetson Nano nên không dự đoán được (điểm 7,2; từ chối khi vượt 4): params_m 5000 M cao hơn khoảng đã đo 1,24 đến 138; gần nhất là vgg16. Hãy kiểm tra đơn vị, hoặc đo mô hình trên bo mạch.")]
    [InlineData(
        "No source has an artifact of resnet18: the model store has no file of it; huggingface.co is out of reach (Connection refused): check the network, or name a mirror in EnergyManager__Hub__Endpoint; the exporter is not set up (EnergyManager__Exporter__Python names a Python with PyTorch).",
        "Không nguồn nào có tệp của resnet18: kho mô hình không có tệp này; không kết nối được huggingface.co (Connection refused): hãy kiểm tra mạng, hoặc đặt một máy chủ gương trong EnergyManager__Hub__Endpoint; bộ xuất mô hình chưa được thiết lập (EnergyManager__Exporter__Python chỉ tới một Python có PyTorch).")]
    [InlineData(
        "hub.example sent model.onnx of a/b with the wrong content twice, so it was thrown away (its SHA-256 is 00, expected was 11): try another mirror, or upload the file",
        "hub.example hai lần gửi model.onnx của a/b với nội dung sai nên tệp bị bỏ (SHA-256 là 00, cần 11): hãy thử máy chủ gương khác, hoặc tải tệp lên")]
    [InlineData("hub.example sent the download to cdn.example, which is out of reach (no byte came for 2.5 s): check the network, or name a mirror in EnergyManager__Hub__Endpoint",
        "không kết nối được cdn.example (nơi hub.example chuyển lượt tải tới) (không nhận được byte nào trong 2,5 giây): hãy kiểm tra mạng, hoặc đặt một máy chủ gương trong EnergyManager__Hub__Endpoint")]
    [InlineData("size_mb 0.5 MB is below the measured 2.95 to 528; gmacs 90 GMACs is above the measured 0.0411 to 15.5", "size_mb 0,5 MB thấp hơn khoảng đã đo 2,95 đến 528; gmacs 90 GMAC cao hơn khoảng đã đo 0,0411 đến 15,5")]
    public void Say_ReasonsWithinASentence_AreSaidToo(string english, string vietnamese) =>
        ServerSentences.Say(english).ShouldBe(new SaidSentence(vietnamese, null));

    [Fact]
    public void Say_WhatIsVietnameseAlready_IsNotCalledEnglish() =>
        ServerSentences.Say("Tệp quá lớn.").ShouldBe(new SaidSentence("Tệp quá lớn.", null));

    public static TheoryData<PredictionRequest> Refused =>
    [
        new() { ParamsM = -1, Gmacs = 1, SizeMb = 1 },
        new() { ParamsM = 1, Gmacs = double.NaN, SizeMb = 1 },
        new() { ParamsM = 1, Gmacs = 1, SizeMb = 1e9 },
        new() { ParamsM = 1, Gmacs = 1, SizeMb = 1, InputWidth = 0 },
        new() { ParamsM = 1, Gmacs = 1, SizeMb = 1, LatencyS = 1, RunDurationS = 1 },
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public void Catalogue_WhatAPredictionIsRefusedFor_IsKnown(PredictionRequest request) =>
        ServerSentences.Knows(Should.Throw<PredictionRefusedException>(() => RequestChecks.Check(request)).Message).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("../model.onnx")]
    [InlineData(".onnx")]
    [InlineData(" model.onnx")]
    [InlineData("mo*del.onnx")]
    [InlineData("model.exe")]
    public void Catalogue_WhatAFileNameIsRefusedFor_IsKnown(string name) => ServerSentences.Knows(ArtifactNames.Problem(name)!).ShouldBeTrue(name);

    [Fact]
    public void Catalogue_WhyARequestIsRefused_IsWrittenSomewhereInTheSource()
    {
        string[] projects = ["EnergyManager.Core", "EnergyManager.Web", "EnergyManager.Agent"];
        var source = new StringBuilder();
        foreach (var file in projects.SelectMany(project => Directory.EnumerateFiles(Path.Combine(Outputs.RepositoryRoot, project), "*.cs", SearchOption.AllDirectories)))
        {
            if (!file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/Sentences/", StringComparison.Ordinal))
                source.AppendLine(File.ReadAllText(file));
        }

        // A long sentence is written in several parts.
        var text = Joined().Replace(source.ToString(), "");
        var unsaid = from sentence in RequestSentences.All.Concat(SourceReasons.All)
                     from part in Hole().Split(sentence.English).Where((_, i) => i % 2 == 0).Select(part => part.Trim(' ', '.', ':', ';', ',', '\'', '(', ')'))
                     where part.Length > 3 && !text.Contains(part, StringComparison.Ordinal)
                     select $"'{part}' of: {sentence.English}";
        unsaid.ShouldBeEmpty();
    }

    private static HashSet<string> Holes(string text) => [.. Hole().Matches(text).Select(hole => hole.Value)];

    [GeneratedRegex("\"\\s*\\+\\s*\\$?\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Joined();

    [GeneratedRegex(@"\{(?<n>\d)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hole();
}
