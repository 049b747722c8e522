using EnergyManager.Agent.LocalApi;

namespace EnergyManager.Tests.Agent.LocalApi;

public sealed class MetricsTextTests
{
    [Fact]
    public void ToString_FiguresAndLabels_IsTheTextFormat() => new MetricsText()
        .Gauge("a_gauge", "What it is.", 1.5)
        .Counter("a_total", "What it counts.", 3)
        .Gauge("absent", "Nothing measures it.", null)
        .Family("gauge", "a_family", "By part.", "part", [("x", 1), ("y\"\\\n", 0.25)])
        .Family("gauge", "an_empty_family", "By part.", "part", [])
        .ToString().ShouldBe("""
            # HELP a_gauge What it is.
            # TYPE a_gauge gauge
            a_gauge 1.5
            # HELP a_total What it counts.
            # TYPE a_total counter
            a_total 3
            # HELP a_family By part.
            # TYPE a_family gauge
            a_family{part="x"} 1
            a_family{part="y\"\\\n"} 0.25

            """);
}
