namespace EnergyManager.Tests.Browser;

/// <summary>The drawing of a streaming chart in a real browser, without a device.</summary>
[Collection(nameof(DashboardCollection))]
public sealed class StreamChartDrawingTests(DashboardFixture dashboard)
{
    private const string MakeChart = """
        const { create, MOST_POINTS } = await import("/js/stream-chart.js");
        const place = document.createElement("div");
        place.style.cssText = "position:absolute;left:0;width:400px;height:160px;top:" + top + "px";
        document.body.append(place);
        const chart = await create(place, null, { height: 160, title: "t", unit: "%", group: "test", locale: "en", range: null, atLeast: null, series: [{ label: "a", colour: 1 }] });
        const frames = async () => { for (let i = 0; i < 3; i++) await new Promise((done) => requestAnimationFrame(done)); await new Promise((done) => setTimeout(done, 400)); };
        """;

    [BrowserFact]
    public async Task Append_ForEver_HoldsNoMoreThanItsCap()
    {
        var page = await dashboard.NewPageAsync("/glossary");

        var (held, most, newest) = await ReadAsync(page, "const top = 0;" + MakeChart + """
            chart.reset([0], [[1]], 0, 60, false);
            for (let t = 1; t <= 25000; t += 100) chart.append(Array.from({ length: 100 }, (_, i) => t + i), [Array(100).fill(1)]);
            const result = [chart.data[0].length, MOST_POINTS, chart.data[0].at(-1)];
            chart.dispose();
            return result;
            """);

        held.ShouldBeLessThanOrEqualTo(most);
        newest.ShouldBe(25000);
    }

    [BrowserFact]
    public async Task Append_LiveWindow_ForgetsWhatLeftIt()
    {
        var page = await dashboard.NewPageAsync("/glossary");

        var (held, window, newest) = await ReadAsync(page, "const top = 0;" + MakeChart + """
            chart.reset([0], [[1]], -60, 0, true);
            for (let t = 1; t <= 3600; t++) chart.append([t], [[t % 7]]);
            const result = [chart.data[0].length, chart.to - chart.from, chart.data[0].at(-1)];
            chart.dispose();
            return result;
            """);

        window.ShouldBe(60);
        newest.ShouldBe(3600);
        // The window and one stride that is forgotten at once.
        held.ShouldBeInRange(60, 60 + 70);
    }

    [BrowserFact]
    public async Task Append_OutOfSight_DrawsWhenItComesBackWithNothingLost()
    {
        var page = await dashboard.NewPageAsync("/glossary");

        var (away, back, held) = await ReadAsync(page, "const top = 6000;" + MakeChart + """
            await frames();
            let drawings = 0;
            const draw = chart.draw.bind(chart);
            chart.draw = () => { drawings++; draw(); };
            for (let t = 1; t <= 20; t++) chart.append([t], [[t]]);
            await frames();
            const away = drawings;
            place.scrollIntoView();
            await frames();
            const result = [away, drawings, chart.plot.data[0].length];
            chart.dispose();
            return result;
            """);

        away.ShouldBe(0);
        back.ShouldBe(1);
        held.ShouldBe(20);
    }

    [BrowserFact]
    public async Task Draw_ALiveWindow_NoTimeIsCutOffAtTheEdge()
    {
        var page = await dashboard.NewPageAsync("/glossary");

        // A minute of drawings: the marks of the time axis pass the right edge several times.
        var (labels, most, width) = await ReadAsync(page, "const top = 0;" + MakeChart + """
            let labels = 0, most = 0;
            const fillText = CanvasRenderingContext2D.prototype.fillText;
            CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
              if (text.includes(":")) {
                const at = this.getTransform().e + x, half = this.measureText(text).width / 2;
                labels++;
                most = Math.max(most, at + half);
              }
              return fillText.call(this, text, x, y);
            };
            try {
              chart.reset([0], [[1]], -300, 0, true);
              for (let t = 1; t <= 60; t++) {
                chart.append([t], [[t % 7]]);
                chart.draw();
                await new Promise((done) => requestAnimationFrame(done));
              }
            } finally {
              CanvasRenderingContext2D.prototype.fillText = fillText;
            }
            const result = [labels, most, chart.plot.ctx.canvas.width];
            chart.dispose();
            return result;
            """);

        labels.ShouldBeGreaterThan(60);
        most.ShouldBeLessThanOrEqualTo(width);
    }

    private static async Task<(double First, double Second, double Third)> ReadAsync(Microsoft.Playwright.IPage page, string script)
    {
        var figures = await page.EvaluateAsync<double[]>($"async () => {{ {script} }}");
        await page.Context.CloseAsync();
        return (figures[0], figures[1], figures[2]);
    }
}
