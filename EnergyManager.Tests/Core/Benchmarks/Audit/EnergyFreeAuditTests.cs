using EnergyManager.Core.Benchmarks;
using EnergyManager.Core.Benchmarks.Audit;
using EnergyManager.Core.Devices;

namespace EnergyManager.Tests.Core.Benchmarks.Audit;

public sealed class EnergyFreeAuditTests
{
    private const string Header = "model,params_m,gflops,gmacs,size_mb,input_size,iterations_per_measurement,latency_avg_s,energy_avg_mwh\n";

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(1000, 0.001)]
    public void Rows_OtherEnergies_AreRepairedTheSameWay(double first, double second)
    {
        string Text(double scale) => Header
            + $"resnet50,4.11,25.56,4.11,97.8,3x224x224,500,0.3,{300 * scale}\n"
            + $"vit_s_p16_r224_int8_qsym,0.39,0.12,0.058,21.3,3x224x224,500,2.9,{611 * scale}\n"
            + $"mobilenetv2_100,3.505,0.602,0.301,13.6,3x224x224,300,0.04,{20 * scale}\n";

        var rows = Rows(Text(first));
        var others = Rows(Text(second));

        rows.Select(row => row with { RunEnergyMwh = 0 }).ShouldBe(others.Select(row => row with { RunEnergyMwh = 0 }));
    }

    [Fact]
    public void Rows_FiguresOfTheNetworkAreWrong_AreRepairedAndJoined()
    {
        var rows = Rows(Header + "resnet50,4.11,25.56,4.11,97.8,3x224x224,500,0.3,300\nvit_s_p16_r224_int8_qsym,0.39,0.12,0.058,21.3,3x224x224,500,2.9,611\n");

        rows[0].ParamsM.ShouldBe(25.56);
        rows[0].RunEnergyMwh.ShouldBe(300);
        rows[0].RunDurationS.ShouldBe(150, 1e-9, "the count is taken as stated");
        rows[0].ActivationsM.ShouldNotBeNull();
        rows[0].ReferenceCpuMs.ShouldNotBeNull();
        rows[1].ParamsM.ShouldBe(22.05, 0.1);
        rows[1].Gmacs.ShouldBeGreaterThan(4);
    }

    [Fact]
    public void Rows_ListedInDifferentWays_AreDifferentCampaigns()
    {
        var rows = Rows(Header
            + "resnet18,11.69,3.64,1.82,44.6,3x224x224,500,0.1,90\n"
            + "resnet34,21.8,7.36,3.68,83.2,3x224x224,500,0.2,180\n"
            + "resnet26,15.995,4.744,2.372,61.2,3x224x224,500,0.1,90\n"
            + "resnet50,4.11,25.56,4.11,97.8,3x224x224,500,0.3,300\n"
            + "resnet18.a1_in1k,11.69,3.648,1.824,44.6,3x224x224,500,0.1,90\n"
            + "resnet26t__b4__224,16.012,5.1,2.583,61.3,3x224x224,300,0.2,90\n");

        rows.Select(row => row.Campaign).Distinct().Count().ShouldBe(5);
        rows[0].Campaign.ShouldBe(rows[1].Campaign);
    }

    [Fact]
    public void Rows_CuratedFile_KeepsItsCampaigns()
    {
        using var text = new StringReader("model,params_m,gmacs,size_mb,input_width,input_height,run_duration_s,run_energy_mwh,campaign\nresnet18,11.69,1.82,44.6,224,224,50,90,mine\n");

        var row = EnergyFreeAudit.Rows(DeviceTypes.JetsonNano, BenchmarkReader.Read(text, "mine.csv")).ShouldHaveSingleItem();

        row.Campaign.ShouldBe("mine");
        row.ActivationsM.ShouldNotBeNull();
    }

    private static IReadOnlyList<BenchmarkRow> Rows(string csv)
    {
        using var text = new StringReader(csv);
        return EnergyFreeAudit.Rows(DeviceTypes.JetsonNano, BenchmarkReader.Read(text, "raw.csv"));
    }
}
