// A chart over the time of the run: lines with a legend of buttons, one cursor for all charts, and the values as a table.

import uPlot from "uplot";
import { el } from "./dom.js";
import type { Values } from "./document.js";
import { within, type Mark } from "./annotations.js";
import type { Stretch } from "./series.js";
import { color, onColors, onPaper } from "./theme.js";
import { stopwatch } from "./words.js";

export interface Line {
  label: string;
  values: Values;
  /** The name of a colour of the style. */
  color: string;
  dash?: number[];
  /** Hidden until its button is pressed. */
  hidden?: boolean;
  /** Whether the area below is tinted. */
  filled?: boolean;
}

export interface ChartSpec {
  id: string;
  title: string;
  /** What is said below the title. */
  note?: string;
  /** The time of each value, in seconds after the start of the run. */
  times: number[];
  lines: Line[];
  /** A value with its unit. */
  format: (value: number) => string;
  /** A value at the axis, where that is shorter. */
  tick?: (value: number) => string;
  /** The top of the scale, where it is fixed. */
  top?: number;
  /** Stretches of time that are shaded. */
  shaded?: Stretch[];
  /** What happened meanwhile. */
  marks?: Mark[];
}

const HEIGHT = 200;
// Half of what is left of A4 between margins of 12 mm, at 96 pixels to the inch.
const PAPER_WIDTH = 335;
const FONT = "11px system-ui, sans-serif";
// The lengths of time that people count in, in seconds.
const STEPS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];

const cursorOfAll = uPlot.sync("run");
const drawn = new Set<Chart>();

/** All charts that are on the page, for zooming back. */
export function resetZoom(): void {
  for (const chart of drawn) chart.reset();
}

let marksAreShown = true;

/** Shows what happened meanwhile in all charts, or in none. */
export function showMarks(show: boolean): void {
  marksAreShown = show;
  for (const chart of drawn) chart.redraw();
}

export class Chart {
  readonly figure: HTMLElement;
  private readonly plotted: HTMLElement;
  private readonly legend: HTMLElement;
  private readonly time: HTMLElement;
  private readonly table: HTMLDetailsElement;
  private plot: uPlot | null = null;
  private outputs: HTMLElement[] = [];

  constructor(private spec: ChartSpec) {
    this.plotted = el("div", { class: "plot", tabindex: 0, role: "img", onkeydown: (event) => this.key(event as KeyboardEvent) });
    this.legend = el("div", { class: "legend", role: "group", "aria-label": `Lines of ${spec.title}` });
    this.time = el("output", { class: "time", "aria-live": "off" });
    this.table = el("details", { class: "values", ontoggle: () => this.fillTable() }, el("summary", {}, "Values as a table"));
    this.figure = el(
      "figure",
      { class: "chart", id: spec.id },
      el("figcaption", {}, el("h3", {}, spec.title), spec.note ? el("p", { class: "note" }, spec.note) : null, this.time),
      this.plotted,
      this.legend,
      this.table,
    );
    new ResizeObserver(() => this.resize()).observe(this.plotted);
    onColors(() => this.recolor());
    drawn.add(this);
    this.show();
  }

  /** Other lines, and another title, in the same place. */
  update(spec: Partial<ChartSpec>): void {
    this.spec = { ...this.spec, ...spec };
    const heading = this.figure.querySelector("h3");
    if (heading) heading.textContent = this.spec.title;
    this.plot?.destroy();
    this.plot = null;
    this.table.open = false;
    this.show();
  }

  reset(): void {
    const { times } = this.spec;
    const [min, max] = [times[0] ?? 0, times[times.length - 1] ?? 1];
    this.plot?.setScale("x", { min, max });
  }

  redraw(): void {
    this.plot?.redraw(false, true);
  }

  private show(): void {
    this.showLegend();
    this.plotted.setAttribute("aria-label", this.inWords());
    if (this.width() > 0) this.draw();
  }

  private showLegend(): void {
    this.outputs = this.spec.lines.map(() => el("output", { "aria-live": "off" }));
    const buttons = this.spec.lines.map((line, index) => {
      const swatch = el("span", { class: line.dash ? "swatch dashed" : "swatch", "aria-hidden": "true" });
      swatch.style.setProperty("--swatch", `var(--${line.color})`);
      const toggle = (event: Event) => this.toggle(index, event.currentTarget as HTMLElement);
      const attributes = { type: "button", "aria-pressed": line.hidden ? "false" : "true", onclick: toggle };
      return el("button", attributes, swatch, el("span", { class: "label", title: line.label }, line.label), this.outputs[index]);
    });
    this.legend.replaceChildren(...buttons);
  }

  private toggle(index: number, button: HTMLElement): void {
    const show = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(show));
    const line = this.spec.lines[index];
    if (line) line.hidden = !show;
    this.plot?.setSeries(index + 1, { show });
  }

  private width(): number {
    return onPaper() ? PAPER_WIDTH : Math.floor(this.plotted.clientWidth);
  }

  private resize(): void {
    const width = this.width();
    if (width <= 0) return;
    if (!this.plot) this.draw();
    else if (width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
  }

  private recolor(): void {
    this.resize();
    this.redraw();
  }

  private draw(): void {
    const { times, lines } = this.spec;
    const data = [times, ...lines.map((line) => line.values)] as uPlot.AlignedData;
    this.plot = new uPlot(this.options(), data, this.plotted);
    cursorOfAll.sub(this.plot);
  }

  private options(): uPlot.Options {
    const axis = { stroke: () => color("muted"), font: FONT, ticks: { stroke: () => color("grid"), size: 4 }, grid: { stroke: () => color("grid"), width: 1 } };
    const { format, tick = format, top } = this.spec;
    return {
      width: this.width(),
      height: HEIGHT,
      legend: { show: false },
      padding: [12, 12, 0, 0],
      cursor: {
        sync: { key: cursorOfAll.key, scales: ["x", null] },
        drag: { x: true, y: false, dist: 8 },
        points: { size: 7 },
      },
      scales: {
        // A single point stands at the beginning of a second.
        x: { time: false, range: (_, min, max) => (this.spec.times.length < 2 ? [min, min + 1] : [min, max]) },
        y: { range: (_, __, max) => (top !== undefined ? [0, top] : above(max)) },
      },
      axes: [
        { ...axis, size: 28, space: 60, incrs: STEPS, values: (_, ticks) => ticks.map((tick) => stopwatch(tick * 1000, tick % 1 ? 1 : 0)) },
        { ...axis, size: 62, values: (_, ticks) => ticks.map(tick) },
      ],
      series: [{}, ...this.spec.lines.map((line) => series(line))],
      hooks: { setCursor: [(plot) => this.point(plot.cursor.idx ?? null)], drawClear: [(plot) => this.shade(plot)], draw: [(plot) => this.mark(plot)] },
    };
  }

  /** Says the values at the cursor. */
  private point(index: number | null): void {
    const at = index === null ? undefined : this.spec.times[index];
    const happened = at === undefined || !marksAreShown ? [] : this.marksAt(at);
    const beside = happened.map((mark) => ` · ${mark.number} ${mark.text}`).join("");
    this.time.textContent = at === undefined ? "" : `at ${stopwatch(at * 1000)}${beside}`;
    this.spec.lines.forEach((line, position) => {
      const output = this.outputs[position];
      const value = index === null ? null : line.values[index];
      if (output) output.textContent = at === undefined ? "" : value === null || value === undefined ? "–" : this.spec.format(value);
    });
  }

  /** The cursor by keys: arrows, Home, End. */
  private key(event: KeyboardEvent): void {
    const last = this.spec.times.length - 1;
    const current = this.plot?.cursor.idx ?? -1;
    const moves: Record<string, number> = { ArrowLeft: current - 1, ArrowRight: current + 1, Home: 0, End: last };
    const index = moves[event.key];
    if (index === undefined || !this.plot) return;
    event.preventDefault();
    const at = this.spec.times[Math.min(Math.max(index, 0), last)] ?? 0;
    const place = { left: this.plot.valToPos(at, "x"), top: this.plot.over.clientHeight / 2 };
    // The third argument, which uPlot's types leave out, moves the cursors of the other charts.
    (this.plot.setCursor as (place: object, tell: boolean, all: boolean) => void)(place, true, true);
  }

  private shade(plot: uPlot): void {
    const { left, top, width, height } = plot.bbox;
    plot.ctx.fillStyle = color("shade");
    for (const { fromS, toS } of this.spec.shaded ?? []) {
      const from = Math.max(left, plot.valToPos(fromS, "x", true));
      const to = Math.min(left + width, plot.valToPos(toS, "x", true));
      if (to >= from) plot.ctx.fillRect(from, top, Math.max(2, to - from), height);
    }
  }

  /** What happened in the slice of time that begins here, or is not six pixels away. */
  private marksAt(at: number): Mark[] {
    const { times, marks = [] } = this.spec;
    const { min = 0, max = 1 } = this.plot?.scales["x"] ?? {};
    const near = ((max - min) / Math.max(1, this.width())) * 6;
    const next = times[times.indexOf(at) + 1] ?? at;
    return within(marks, at - near, Math.max(next, at + near));
  }

  /** A dashed line with a number for each thing that happened, or a tinted stretch that ends with another line. */
  private mark(plot: uPlot): void {
    if (!marksAreShown) return;
    const { ctx } = plot;
    const { left, top, width, height } = plot.bbox;
    const pixels = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left - 8 * pixels, top - 12 * pixels, width + 16 * pixels, height + 12 * pixels);
    ctx.clip();
    ctx.strokeStyle = ctx.fillStyle = color("mark");
    ctx.lineWidth = pixels;
    ctx.setLineDash([3 * pixels, 3 * pixels]);
    ctx.font = `${10 * pixels}px system-ui, sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    const line = (at: number) => {
      ctx.beginPath();
      ctx.moveTo(at, top);
      ctx.lineTo(at, top + height);
      ctx.stroke();
    };
    for (const { number, fromS, toS } of this.spec.marks ?? []) {
      const from = plot.valToPos(fromS, "x", true);
      const to = plot.valToPos(toS, "x", true);
      if (to < left || from > left + width) continue;
      if (to > from) {
        ctx.globalAlpha = 0.1;
        ctx.fillRect(Math.max(from, left), top, Math.min(to, left + width) - Math.max(from, left), height);
        ctx.globalAlpha = 1;
        if (to <= left + width) line(to);
      }
      if (from >= left) line(from);
      ctx.fillText(String(number), Math.max(from, left), top - 11 * pixels);
    }
    ctx.restore();
  }

  private inWords(): string {
    const { title, lines, times, format } = this.spec;
    const highest = lines.filter((line) => !line.hidden).slice(0, 4).map((line) => {
      const known = line.values.map((value, index) => [value ?? -1, index] as const).sort((a, b) => b[0] - a[0])[0];
      if (!known || known[0] < 0) return `${line.label}: nothing`;
      return `${line.label}: at most ${format(known[0])}, at ${stopwatch((times[known[1]] ?? 0) * 1000)}`;
    });
    const marks = this.spec.marks ?? [];
    const happened = marks.length > 0 ? ` ${marks.length === 1 ? "One annotation" : `${marks.length} annotations`}, listed above.` : "";
    return `Chart: ${title}. ${highest.join("; ")}.${happened} Arrow keys move the cursor.`;
  }

  /** Made when it is opened: most never are. */
  private fillTable(): void {
    this.table.querySelector("div")?.remove();
    if (!this.table.open) return;
    const { times, lines, format, title } = this.spec;
    const head = el("tr", {}, el("th", { scope: "col" }, "Time"), ...lines.map((line) => el("th", { scope: "col" }, line.label)));
    const rows = times.map((at, index) => {
      const cells = lines.map((line) => {
        const value = line.values[index];
        return el("td", {}, value === null || value === undefined ? "–" : format(value));
      });
      return el("tr", {}, el("th", { scope: "row" }, stopwatch(at * 1000)), ...cells);
    });
    const table = el("table", {}, el("caption", { class: "unseen" }, title), el("thead", {}, head), el("tbody", {}, ...rows));
    this.table.append(el("div", { class: "scroll", tabindex: 0 }, table));
  }
}

function series(line: Line): uPlot.Series {
  return {
    label: line.label,
    show: !line.hidden,
    stroke: () => color(line.color),
    width: 1.75,
    spanGaps: false,
    points: { size: 4, fill: () => color(line.color) },
    ...(line.dash ? { dash: line.dash } : {}),
    ...(line.filled ? { fill: () => `${color(line.color)}22` } : {}),
  };
}

/** A scale from nothing to a little more than the highest value. */
function above(max: number | null): [number, number] {
  return !max || max <= 0 ? [0, 1] : [0, max * 1.08];
}
