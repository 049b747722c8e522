import { cssValue, loadScript, watchTheme } from "./load-script.js";

const SIZES = [5, 5, 6, 7, 8];

export async function create(element, payload) {
  await loadScript("lib/apexcharts.min.js");
  const chart = new ParetoChart(element, payload);
  await chart.ready;
  return chart;
}

class ParetoChart {
  constructor(element, payload) {
    this.element = element;
    this.payload = payload;
    this.stopWatching = watchTheme(() => this.update(this.payload));
    this.apex = new ApexCharts(element, this.options());
    this.ready = this.apex.render();
  }

  options() {
    const { payload } = this;
    const { text } = payload;
    const number = new Intl.NumberFormat(payload.locale, { maximumSignificantDigits: 3 });
    const colour = cssValue("--em-chart-text");
    const grid = cssValue("--em-chart-grid");
    const all = payload.bands.flatMap((band) => band.points);
    const log = (point) => ({ x: Math.log2(point.latency), y: Math.log2(point.energy), point });
    const x = extent(all.map((p) => Math.log2(p.latency)));
    const y = extent(all.map((p) => Math.log2(p.energy)));
    const axis = new Intl.NumberFormat(payload.locale, { maximumSignificantDigits: 4 });
    const label = (v) => axis.format(2 ** v);
    return {
      chart: {
        type: "scatter", height: payload.height, fontFamily: getComputedStyle(document.body).fontFamily, background: "transparent",
        foreColor: colour, animations: { enabled: false }, toolbar: { show: false }, zoom: { enabled: false },
      },
      theme: { mode: document.documentElement.dataset.theme === "dark" ? "dark" : "light" },
      series: [
        ...payload.bands.map((band) => ({ name: band.name, type: "scatter", data: band.points.map(log) })),
        { name: text.front, type: "scatter", data: payload.front.map(log) },
      ],
      colors: [...payload.bands.map((band) => cssValue(`--em-accuracy-${band.level}`)), cssValue("--em-series-1")],
      // The front is a ring around its points.
      markers: {
        size: [...payload.bands.map((band) => SIZES[band.level]), 9],
        fillOpacity: [...payload.bands.map(() => 0.9), 0],
        strokeWidth: [...payload.bands.map(() => 1), 2],
        strokeColors: [...payload.bands.map(() => cssValue("--mud-palette-surface")), cssValue("--em-series-1")],
        hover: { sizeOffset: 1 },
      },
      grid: { borderColor: grid, xaxis: { lines: { show: true } }, padding: { right: 16 } },
      xaxis: { type: "numeric", ...x, labels: { formatter: label }, title: { text: text.latency, style: { fontWeight: 500 } }, axisBorder: { color: grid }, axisTicks: { color: grid }, tooltip: { enabled: false } },
      yaxis: { ...y, labels: { formatter: label }, title: { text: text.energy, style: { fontWeight: 500 } } },
      legend: { position: "top", horizontalAlign: "left", markers: { size: 6 } },
      dataLabels: { enabled: false },
      tooltip: {
        shared: false, intersect: true,
        custom: ({ seriesIndex, dataPointIndex, w }) => {
          const { point } = w.config.series[seriesIndex].data[dataPointIndex];
          const row = (name, value) => `<div><span>${escape(name)}</span><b>${escape(value)}</b></div>`;
          return `<div class="em-tooltip"><strong>${escape(point.model)}</strong>`
            + row(text.energy, `${number.format(point.energy)} mWh · ${point.provenance}`)
            + row(text.latency, `${number.format(point.latency)} ms`)
            + row(text.accuracy, point.top1 === null || point.top1 === undefined ? text.unknown : `${number.format(point.top1)} %`)
            + "</div>";
        },
      },
    };
  }

  update(payload) {
    this.payload = payload;
    return this.apex.updateOptions(this.options(), true, false);
  }

  dispose() {
    this.stopWatching();
    this.apex.destroy();
  }
}

// Both axes are logarithms to base 2: whole steps are doublings, whose labels are round.
function extent(values) {
  if (values.length === 0) return { min: 0, max: 1, tickAmount: 1 };
  const min = Math.floor(Math.min(...values));
  const span = Math.max(1, Math.ceil(Math.max(...values)) - min);
  const step = Math.ceil(span / 9);
  const tickAmount = Math.ceil(span / step);
  return { min, max: min + tickAmount * step, tickAmount };
}

function escape(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
