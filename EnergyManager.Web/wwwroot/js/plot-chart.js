import { cssValue, loadScript, watchTheme } from "./load-script.js";
import { saveDrawing, saveText } from "./save-file.js";

export async function create(element, payload) {
  await loadScript("lib/apexcharts.min.js");
  const chart = new PlotChart(element, payload);
  await chart.ready;
  return chart;
}

// What Apex calls each kind; the dots and lines of a plot of points say it series by series.
const TYPES = { points: "line", bars: "bar", rows: "bar", box: "boxPlot", heatmap: "heatmap", waterfall: "rangeBar" };

class PlotChart {
  constructor(element, payload) {
    this.element = element;
    this.take(payload);
    this.stopWatching = watchTheme(() => this.draw());
    this.apex = new ApexCharts(element, this.options());
    this.ready = this.apex.render();
  }

  take(payload) {
    this.payload = payload;
    this.number = new Intl.NumberFormat(payload.locale, { maximumSignificantDigits: 4 });
    this.ticks = new Intl.NumberFormat(payload.locale, { maximumFractionDigits: 2 });
    const points = payload.series.flatMap((series) => series.points);
    const values = points.flatMap((point) => point.five ?? [point.y, point.from]);
    // Lying bars have their values along the bottom.
    this.scales = isLying(payload)
      ? { x: scale(payload.x, values), y: scale(payload.y, []) }
      : { x: scale(payload.x, points.map((point) => point.x)), y: scale(payload.y, values) };
  }

  options() {
    const { payload } = this;
    const grid = cssValue("--em-chart-grid");
    const text = cssValue("--em-chart-text");
    const lying = isLying(payload);
    return {
      chart: {
        type: TYPES[payload.kind], height: payload.height, fontFamily: getComputedStyle(document.body).fontFamily,
        background: cssValue("--mud-palette-surface"), foreColor: text, animations: { enabled: false },
        toolbar: { show: false }, zoom: { enabled: false }, selection: { enabled: false }, parentHeightOffset: 0,
      },
      theme: { mode: document.documentElement.dataset.theme === "dark" ? "dark" : "light" },
      series: this.series(),
      colors: payload.series.map((series) => cssValue(series.colour)),
      stroke: { width: this.strokeWidths(), curve: "straight", colors: payload.kind === "box" ? [text] : payload.kind === "heatmap" ? [cssValue("--mud-palette-surface")] : undefined },
      markers: {
        size: payload.series.map((series) => (series.shape === "line" ? 0 : series.size)),
        fillOpacity: payload.series.map((series) => (series.shape === "ring" ? 0 : 0.85)),
        strokeWidth: payload.series.map((series) => (series.shape === "ring" ? 2 : 1)),
        strokeColors: payload.series.map((series) => cssValue(series.shape === "ring" ? series.colour : "--mud-palette-surface")),
        hover: { sizeOffset: 1 },
      },
      fill: { opacity: 1, type: "solid" },
      plotOptions: {
        bar: { horizontal: lying, columnWidth: "94%", barHeight: lying ? "64%" : undefined, borderRadius: 2, rangeBarGroupRows: false },
        boxPlot: { colors: { upper: cssValue(payload.series[0]?.colour ?? "--em-series-1"), lower: cssValue("--em-box-lower") } },
        heatmap: { radius: 3, enableShades: false, colorScale: { ranges: this.heat() } },
      },
      grid: { borderColor: grid, xaxis: { lines: { show: payload.kind !== "heatmap" && payload.kind !== "bars" } }, yaxis: { lines: { show: !lying && payload.kind !== "heatmap" } }, padding: { right: 16, top: payload.legend ? 0 : -8, bottom: 0 } },
      xaxis: this.axis("x", grid, lying),
      yaxis: this.axis("y", grid, lying),
      annotations: this.annotations(lying, text),
      legend: { show: payload.legend, showForSingleSeries: payload.legend, position: "top", horizontalAlign: "left", markers: { size: 6 }, onItemClick: { toggleDataSeries: payload.kind === "points" } },
      dataLabels: { enabled: false },
      states: { active: { filter: { type: "none" } } },
      tooltip: {
        shared: false, intersect: payload.kind !== "bars" && payload.kind !== "rows", followCursor: payload.kind === "bars",
        custom: ({ seriesIndex, dataPointIndex }) => tooltip(payload.series[seriesIndex]?.points[dataPointIndex]),
      },
    };
  }

  series() {
    const { payload, scales } = this;
    const across = (point) => (payload.x.categories.length > 0 ? payload.x.categories[point.x] : scales.x.draw(point.x));
    const absent = payload.kind === "heatmap" ? this.absent() : null;
    return payload.series.map((series) => ({
      name: series.name,
      ...(payload.kind === "points" ? { type: series.shape === "line" ? "line" : "scatter" } : {}),
      data: series.points.map((point) => {
        const own = point.colour ? { fillColor: cssValue(point.colour) } : {};
        switch (payload.kind) {
          case "rows": return { x: payload.y.categories[point.x], y: point.y, ...own };
          case "waterfall": return { x: payload.y.categories[point.x], y: [point.from, point.y].map(scales.x.draw), ...own };
          case "box": return { x: payload.x.categories[point.x], y: point.five, ...own };
          case "heatmap": return { x: across(point), y: point.y ?? absent };
          default: return { x: across(point), y: point.y === null ? null : scales.y.draw(point.y), ...own };
        }
      }),
    }));
  }

  strokeWidths() {
    switch (this.payload.kind) {
      case "points": return this.payload.series.map((series) => (series.shape === "line" ? 1.5 : 0));
      case "box": return 1.5;
      case "heatmap": return 2;
      default: return 0;
    }
  }

  // Apex lays the value axis of lying bars along the bottom but keeps its settings under xaxis.
  axis(name, grid, lying) {
    const { payload } = this;
    const axis = payload[name];
    const range = this.scales[name];
    const title = axis.title ? { text: axis.title, style: { fontWeight: 500 } } : { text: undefined };
    const line = { axisBorder: { color: grid, show: name === "x" && payload.kind !== "heatmap" }, axisTicks: { color: grid, show: name === "x" && payload.kind !== "heatmap" }, tooltip: { enabled: false } };
    if (lying && name === "y")
      return { title, labels: { maxWidth: this.element.clientWidth < 480 ? 130 : 220 } };
    if (axis.categories.length > 0 && !lying)
      return { type: "category", tickPlacement: "between", tickAmount: payload.kind === "bars" ? Math.min(axis.categories.length, Math.max(3, Math.floor(this.element.clientWidth / 70))) : undefined, labels: { rotate: 0, hideOverlappingLabels: true, trim: false }, title, ...line };
    if (name === "y" && payload.kind === "heatmap")
      return { title, labels: {}, reversed: false };
    const label = (value) => (typeof value === "number" ? `${this.ticks.format(range.show(value))}${axis.unit ? ` ${axis.unit}` : ""}` : value);
    return { ...(name === "x" && !lying ? { type: "numeric" } : {}), ...range.limits, labels: { formatter: label, rotate: 0, hideOverlappingLabels: true }, title, ...line };
  }

  annotations(lying, text) {
    const mark = (value, word) => ({ [lying ? "x" : "y"]: value, borderColor: text, strokeDashArray: 4, label: { text: word, borderWidth: 0, orientation: "horizontal", style: { background: cssValue("--mud-palette-surface"), color: text } } });
    const marks = this.payload.marks.map(({ value, text: word }) => mark(this.scales[lying ? "x" : "y"].draw(value), word));
    return lying ? { xaxis: marks } : { yaxis: marks };
  }

  // Seven steps from the least to the greatest value, each a colour of the theme; cells without a value have the ground's.
  heat() {
    if (this.payload.kind !== "heatmap") return undefined;
    const { low, high } = this.extremes();
    const steps = high - low < 1e-9 ? 1 : 7;
    const width = (high - low) / steps;
    const ranges = Array.from({ length: steps }, (_, i) => ({
      from: low + i * width, to: i === steps - 1 ? high : low + (i + 1) * width, color: cssValue(`--em-heat-${steps === 1 ? 4 : i + 1}`),
      name: steps === 1 ? this.number.format(low) : `${this.number.format(low + i * width)}–${this.number.format(low + (i + 1) * width)}`,
    }));
    return [{ from: this.absent() - 0.1, to: this.absent() + 0.1, color: cssValue("--em-heat-none"), name: "–" }, ...ranges];
  }

  extremes() {
    const values = this.payload.series.flatMap((series) => series.points.map((point) => point.y)).filter((value) => value !== null);
    return values.length === 0 ? { low: 0, high: 1 } : { low: Math.min(...values), high: Math.max(...values) };
  }

  // The library gives every cell a colour, so that one without a value stands for itself below all others.
  absent() {
    const { low, high } = this.extremes();
    return low - Math.max(high - low, 1) - 1;
  }

  draw() {
    return this.apex.updateOptions(this.options(), false, false);
  }

  // New figures in an unchanged frame go to the drawing alone.
  update(payload) {
    const before = frame(this.payload, this.scales);
    this.take(payload);
    return before === frame(payload, this.scales) && payload.kind !== "heatmap" ? this.apex.updateSeries(this.series(), false) : this.draw();
  }

  async saveImage(name) {
    const { imgURI } = await this.apex.dataURI({ scale: 2 });
    const image = new Image();
    image.src = imgURI;
    await image.decode();
    await saveDrawing(name, this.payload.title, [], image, this.element.clientWidth, this.payload.height);
  }

  saveText(name, text, type) {
    saveText(name, text, type);
  }

  dispose() {
    this.stopWatching();
    this.apex.destroy();
  }
}

const isLying = (payload) => payload.kind === "rows" || payload.kind === "waterfall";

const frame = (payload, scales) => JSON.stringify([
  payload.kind, payload.height, payload.legend, payload.marks, payload.x, payload.y, scales.x.limits, scales.y.limits,
  payload.series.map(({ name, colour, shape, size }) => [name, colour, shape, size]),
]);

// How an axis draws its values, and how a drawn value reads.
function scale(axis, values) {
  const known = values.filter((value) => typeof value === "number" && Number.isFinite(value));
  if (axis.log) {
    const log = known.filter((value) => value > 0).map(Math.log2);
    return { draw: Math.log2, show: (value) => 2 ** value, limits: doublings(axis.min ? [Math.log2(axis.min), ...log] : log) };
  }
  const limits = {};
  if (axis.min !== null && axis.min !== undefined) limits.min = axis.min;
  if (axis.max !== null && axis.max !== undefined) limits.max = axis.max;
  return { draw: (value) => value, show: (value) => value, limits };
}

// Logarithms to base 2: whole steps are doublings, whose labels are round.
function doublings(values) {
  if (values.length === 0) return { min: 0, max: 1, tickAmount: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  // Less than two doublings would be one step: tenths of a doubling then.
  if (high - low < 2) {
    const min = Math.floor(low * 4) / 4;
    const max = Math.max(Math.ceil(high * 4) / 4, min + 0.5);
    return { min, max, tickAmount: Math.min(8, Math.round((max - min) * 4)) };
  }
  const min = Math.floor(low);
  const span = Math.max(1, Math.ceil(high) - min);
  const step = Math.ceil(span / 9);
  const tickAmount = Math.ceil(span / step);
  return { min, max: min + tickAmount * step, tickAmount };
}

function tooltip(point) {
  if (!point) return "";
  const rows = point.details.map(([name, value]) => `<div><span>${escape(name)}</span><b>${escape(value)}</b></div>`).join("");
  return `<div class="em-tooltip"><strong>${escape(point.label)}</strong>${rows}</div>`;
}

function escape(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
