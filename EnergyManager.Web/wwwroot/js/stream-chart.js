import { cssValue, loadScript, watchTheme } from "./load-script.js";
import { saveDrawing, saveText } from "./save-file.js";

// The eye needs no more than this; points that come faster wait for the next drawing.
const DRAW_INTERVAL_MS = 200;

// What a drawing holds at most, whatever window it shows: the oldest points go first.
export const MOST_POINTS = 10_000;

export async function create(element, legend, options) {
  await loadScript("lib/uPlot.iife.min.js");
  return new StreamChart(element, legend, options);
}

class StreamChart {
  constructor(element, legend, options) {
    this.element = element;
    this.options = options;
    this.readouts = legend ? [...legend.querySelectorAll("b")] : [];
    this.number = new Intl.NumberFormat(options.locale, { maximumSignificantDigits: 3 });
    this.data = [[], ...options.series.map(() => [])];
    this.window = 60;
    this.from = 0;
    this.to = 1;
    this.live = false;
    this.timer = 0;
    this.drawn = 0;
    // A chart that is scrolled out of sight keeps its points and draws when it comes back. A tab in the background draws
    // nothing either: it gets no frames.
    this.inView = true;
    this.dirty = false;
    this.readColours();
    this.build();
    this.resize = new ResizeObserver(() => {
      const width = this.element.clientWidth;
      if (width > 0 && width !== this.plot.width) this.plot.setSize({ width, height: this.options.height });
    });
    this.resize.observe(element);
    this.sight = new IntersectionObserver((seen) => {
      this.inView = seen[seen.length - 1].isIntersecting;
      if (this.inView && this.dirty) this.schedule();
    });
    this.sight.observe(element);
    this.stopWatching = watchTheme(() => {
      this.readColours();
      this.plot.redraw(false, true);
    });
  }

  // Read once for each theme: asking the style at every drawing makes the browser compute it anew.
  readColours() {
    this.colours = {
      text: cssValue("--em-chart-text"),
      grid: cssValue("--em-chart-grid"),
      series: this.options.series.map((series) => cssValue(`--em-series-${series.colour}`)),
    };
  }

  build() {
    const font = `11px ${getComputedStyle(document.body).fontFamily}`;
    this.measure = document.createElement("canvas").getContext("2d");
    this.measure.font = font;
    const text = () => this.colours.text;
    const line = { stroke: () => this.colours.grid, width: 1 };
    const { range, atLeast } = this.options;
    this.plot = new uPlot({
      width: Math.max(this.element.clientWidth, 120),
      height: this.options.height,
      padding: [8, 8, 0, 0],
      legend: { show: false },
      cursor: { sync: { key: this.options.group }, drag: { setScale: false }, points: { size: 6 } },
      scales: {
        x: { time: true, range: () => [this.from, this.to] },
        y: {
          range: (_, low, high) => {
            if (range) return range;
            if (low === null || high === null) return [0, atLeast ?? 1];
            if (atLeast !== null && atLeast !== undefined) return [0, Math.max(high * 1.15, atLeast)];
            const margin = Math.max((high - low) * 0.15, Math.abs(high) * 0.02, 0.5);
            return [low - margin, high + margin];
          },
        },
      },
      axes: [
        { stroke: text, font, grid: { show: false }, ticks: line, size: 26, space: 64, values: (plot, splits) => this.timeLabels(plot, splits) },
        { stroke: text, font, grid: line, ticks: { show: false }, size: 46, space: 32, values: (_, splits) => splits.map((v) => this.number.format(v)) },
      ],
      series: [
        {},
        ...this.options.series.map((series, i) => ({
          label: series.label,
          stroke: () => this.colours.series[i],
          fill: this.options.series.length === 1 && i === 0 ? () => this.colours.series[i] + "1f" : undefined,
          width: 1.75,
          spanGaps: false,
          points: { show: (u, s, from, to) => to - from < 3, size: 4 },
        })),
      ],
      hooks: { setCursor: [() => this.readOut()] },
    }, this.data, this.element);
  }

  reset(times, values, from, to, live) {
    this.data = [times, ...values];
    this.from = from;
    this.to = to;
    this.window = to - from;
    this.live = live;
    this.labels = this.labelFormat();
    this.draw();
  }

  append(times, values) {
    this.data[0].push(...times);
    values.forEach((column, i) => this.data[i + 1].push(...column));
    if (this.live && times.length > 0) {
      this.to = Math.max(this.to, times[times.length - 1]);
      this.from = this.to - this.window;
    }
    this.trim();
    this.dirty = true;
    if (this.inView) this.schedule();
    else this.readOut();
  }

  // Nothing grows: what left the window is forgotten, in strides so that arrays are not moved with every point.
  trim() {
    const times = this.data[0];
    let gone = Math.max(0, times.length - MOST_POINTS);
    while (this.live && gone < times.length - 2 && times[gone + 1] < this.from) gone++;
    if (gone > 64 || gone > times.length / 2 || times.length > MOST_POINTS) this.data.forEach((column) => column.splice(0, gone));
  }

  schedule() {
    if (this.timer) return;
    const wait = Math.max(0, DRAW_INTERVAL_MS - (performance.now() - this.drawn));
    this.timer = setTimeout(() => requestAnimationFrame(() => {
      this.timer = 0;
      if (this.plot && this.inView) this.draw();
    }), wait);
  }

  draw() {
    this.drawn = performance.now();
    this.dirty = false;
    this.plot.setData(this.data, true);
    this.readOut();
  }

  // Figures in the legend: under the cursor, else the newest.
  readOut() {
    const hovered = this.plot?.cursor.idx;
    this.readouts.forEach((readout, i) => {
      const column = this.data[i + 1];
      const at = hovered ?? column.length - 1;
      const value = column[at];
      readout.textContent = value === null || value === undefined ? "–" : `${this.number.format(value)} ${this.options.unit}`;
    });
  }

  // A format is dear to make, and the same until the window changes.
  labelFormat() {
    const day = this.window > 36 * 3600;
    return new Intl.DateTimeFormat(this.options.locale, day
      ? { day: "2-digit", month: "2-digit", hour: this.window > 7 * 86400 ? undefined : "2-digit", hour12: false }
      : { hour: "2-digit", minute: "2-digit", second: this.window <= 600 ? "2-digit" : undefined, hour12: false });
  }

  // A label that would reach beyond the drawing is left out: half a time reads as another time.
  timeLabels(plot, splits) {
    this.labels ??= this.labelFormat();
    const left = plot.bbox.left / devicePixelRatio;
    return splits.map((s) => {
      const label = this.labels.format(new Date(s * 1000));
      const half = this.measure.measureText(label).width / 2;
      return left + plot.valToPos(s, "x") + half <= plot.width ? label : null;
    });
  }

  saveImage(name) {
    if (this.dirty) this.draw();
    const legend = this.options.series.map((series) => ({ text: `${series.label} (${this.options.unit})`, colour: cssValue(`--em-series-${series.colour}`) }));
    return saveDrawing(name, this.options.title, legend, this.plot.ctx.canvas, this.plot.width, this.plot.height);
  }

  saveText(name, text, type) {
    saveText(name, text, type);
  }

  dispose() {
    clearTimeout(this.timer);
    this.resize.disconnect();
    this.sight.disconnect();
    this.stopWatching();
    this.plot.destroy();
    this.plot = null;
  }
}
