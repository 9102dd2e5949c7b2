"use strict";
// The section of maps: one of them on a canvas, and what is known about it.

/** What a cell of a map holds, in words; `reason` is its status. */
function valueText(map, value, reason) {
  if (Number.isNaN(value)) return reason === null ? "no value" : `no value: ${words(reason)}`;
  if (map.kind === "classes") return words(flagOf(map, value) ?? `class ${exact(value)}`);
  return `${exact(value)} ${unit(map.units)}`.trim();
}

const statusOf = (map) => (map.status === null || map.status === undefined ? null : maps[map.status]);

/** The maps of the page, one of which is shown. */
class MapSection {
  constructor() {
    this.limits = maps.map((map) => [map.scale.low, map.scale.high]);
    this.canvas = new MapCanvas((cell, event) => this.tell(cell, event), (cell) => this.pin(cell));
    this.readout = make("output", { id: "readout", className: "readout" });
    this.tip = make("div", { className: "tip", hidden: true, ariaHidden: "true" });
    this.canvas.frame.append(this.tip);
    this.bar = make("div", { className: "scale" });
    this.about = make("div", { className: "about" });
    this.pins = make("div", { id: "pins" });
    this.caption = make("figcaption");
    this.element = make("section", { id: "maps" },
      make("h2", { textContent: maps.length > 1 ? `Maps (${maps.length})` : "Map" }), this.makeChooser(),
      make("div", { className: "columns" },
        make("figure", {}, this.caption, this.canvas.tools, this.canvas.frame, this.readout, this.bar,
          make("p", { className: "note", textContent: "Drag to move, wheel or pinch to zoom, click to list the values "
            + "of all maps in a cell. With the keyboard: arrows, +, −, 0 and Enter." })),
        this.about),
      this.pins);
    isDark.addEventListener("change", () => this.show(this.index));
  }

  get map() { return maps[this.index]; }

  /** The map to begin with: the first quantity whose values differ. */
  static get first() {
    return Math.max(0, maps.findIndex(({ statistics }) => statistics && statistics.minimum < statistics.maximum));
  }

  /** A list of all maps, by file; fields of one variable by the variable. */
  makeChooser() {
    this.select = make("select", { id: "choose-map", ariaLabel: "Map" });
    const hasFiles = new Set(maps.map((map) => map.file)).size > 1;
    const groups = new Map();
    maps.forEach((map, index) => {
      const isField = maps.some((other) => other !== map && other.file === map.file && other.name === map.name);
      const title = !isField ? map.file : hasFiles ? `${map.file}: ${map.name}` : map.name;
      if (!groups.has(title)) groups.set(title, this.select.appendChild(make("optgroup", { label: title })));
      groups.get(title).append(make("option", { value: String(index), textContent: map.label }));
    });
    this.select.addEventListener("change", () => this.show(Number(this.select.value)));
    // In the order of the list.
    const step = (by) => {
      const options = [...this.select.options];
      this.show(Number(options[(this.select.selectedIndex + by + options.length) % options.length].value));
    };
    return make("div", { className: "chooser", hidden: maps.length < 2 }, button("‹", "Previous map", () => step(-1)),
      this.select, button("›", "Next map", () => step(1)));
  }

  async show(index) {
    this.index = index;
    this.select.value = String(index);
    const { map } = this;
    const more = map.longName && map.longName !== map.name ? ` ${map.longName}` : "";
    const units = unit(map.units) ? ` (${unit(map.units)})` : "";
    this.caption.replaceChildren(make("strong", { textContent: map.label }), more + units);
    this.canvas.canvas.setAttribute("aria-label", `Map of ${map.label}. Arrow keys move from cell to cell.`);
    const shown = await values(index);
    const status = statusOf(map) ? await values(map.status) : null;
    // Another one may have been chosen meanwhile.
    if (this.index !== index) return;
    [this.values, this.status] = [shown, status];
    this.countAbsences();
    this.tell(-1, null);
    this.redraw();
    this.canvas.canvas.dataset.map = String(index);
    document.body.dataset.ready = "true";
  }

  redraw() {
    this.drawBar();
    this.drawAbout();
    this.canvas.show(grid(this.map.grid), this.painter());
  }

  setLimits(limits) {
    this.limits[this.index] = limits;
    this.redraw();
  }

  /** The colour of a cell, as four bytes. */
  painter() {
    const { map, values: shown } = this;
    const packed = (colour) => {
      const [red, green, blue] = channels(colour);
      return (255 << 24) | (blue << 16) | (green << 8) | red;
    };
    const colours = map.scale.colours.map(packed);
    const index = colouring(map, ...this.limits[this.index]);
    const greys = Object.fromEntries(Object.keys(absent).map((name) => [name, packed(absentColour(name))]));
    const greyOf = new Map((statusOf(map)?.flags ?? []).map((flag) => [flag.value, greys[absence(flag.meaning)]]));
    return (cell) => {
      const place = Number.isNaN(shown[cell]) ? -1 : index(shown[cell]);
      return place >= 0 ? colours[place] : greyOf.get(this.status?.[cell]) ?? greys.missing;
    };
  }

  /** The status of a cell, in words; null where there is none. */
  reason(cell) { return this.status ? flagOf(statusOf(this.map), this.status[cell]) : null; }

  countAbsences() {
    this.absences = new Map();
    for (let cell = 0; cell < this.values.length; cell++) {
      if (!Number.isNaN(this.values[cell])) continue;
      const name = absence(this.reason(cell));
      this.absences.set(name, (this.absences.get(name) ?? 0) + 1);
    }
  }

  /** Tells what is in a cell, below the map and beside the pointer. */
  tell(cell, event) {
    let text = "";
    if (cell >= 0) {
      const [longitude, latitude] = grid(this.map.grid).centre(cell);
      const value = valueText(this.map, this.values[cell], this.reason(cell));
      text = `${latitudeText(latitude)}, ${longitudeText(longitude)}: ${value}`;
    }
    this.readout.textContent = text;
    this.readout.dataset.cell = String(cell);
    this.tip.hidden = !text || !event;
    if (this.tip.hidden) return;
    this.tip.textContent = text;
    const box = this.canvas.frame.getBoundingClientRect();
    const x = event.clientX - box.left + 12;
    this.tip.style.top = `${event.clientY - box.top + 18}px`;
    this.tip.style.left = `${Math.max(0, Math.min(x, box.width - this.tip.offsetWidth - 4))}px`;
  }

  /** Lists the values of all maps in a cell. */
  async pin(cell) {
    const own = grid(this.map.grid);
    const [longitude, latitude] = own.centre(cell);
    this.canvas.pin(cell);
    const mark = this.canvas.pinned;
    const rows = [];
    for (const [index, map] of maps.entries()) {
      const place = grid(map.grid) === own ? cell : grid(map.grid).locate(longitude, latitude);
      const value = place < 0 ? NaN : (await values(index))[place];
      let reason = place < 0 ? "outside its grid" : null;
      if (place >= 0 && statusOf(map)) reason = flagOf(statusOf(map), (await values(map.status))[place]);
      rows.push([map.file, map.label, valueText(map, value, reason)]);
    }
    if (this.canvas.pinned !== mark) return;
    const close = button("Close", "Close the list", () => {
      this.canvas.pin(null);
      this.pins.replaceChildren();
    });
    this.pins.replaceChildren(
      make("h3", { textContent: `Values at ${latitudeText(latitude)}, ${longitudeText(longitude)} ` }, close),
      table(["file", "map", "value"], rows));
  }

  // What is below and beside the canvas.

  drawBar() {
    const { map } = this;
    this.bar.replaceChildren();
    const legend = make("ul", { className: "legend" });
    const item = (colour, text) => {
      const swatch = make("span", { className: "swatch" });
      swatch.style.background = colour;
      legend.append(make("li", {}, swatch, text));
    };
    if (map.scale.kind === "classes") {
      const there = new Set(map.counts?.filter((count) => count.cells > 0).map((count) => count.meaning));
      (map.flags ?? []).forEach((flag, index) => {
        if (there.has(flag.meaning)) item(map.scale.colours[index], words(flag.meaning));
      });
    } else {
      this.bar.append(...this.colourBar());
    }
    for (const name of Object.keys(absent)) {
      const count = this.absences.get(name);
      const text = name === "missing" && !this.status ? "no data" : absent[name].words;
      // Cells of the page; of the file's there may be more.
      if (count) item(absentColour(name), map.coarsened > 1 ? text : `${text}: ${count} cells`);
    }
    if (legend.children.length) this.bar.append(legend);
  }

  /** The colours between the limits, which can be changed. */
  colourBar() {
    const { map, map: { scale } } = this;
    const [low, high] = this.limits[this.index];
    const gradient = make("div", { className: "gradient" });
    const colours = scale.colours.filter((_, index) => index % 5 === 0);
    gradient.style.background = `linear-gradient(to right, ${colours.join(",")})`;
    const marks = make("div", { className: "ticks" }, ticks(low, high, 6).map((tick) => {
      const mark = make("span", { textContent: short(tick, 12) });
      mark.style.left = `${(100 * (tick - low)) / (high - low)}%`;
      return mark;
    }));
    const limit = (which, name) => {
      const value = String(Number([low, high][which].toPrecision(7)));
      const field = make("input", { type: "number", step: "any", value });
      field.addEventListener("change", () => {
        const limits = [low, high];
        limits[which] = Number(field.value);
        const isRange = field.value !== "" && limits[0] < limits[1];
        field.setCustomValidity(isRange ? "" : "The lower limit has to be below the upper one.");
        field.reportValidity();
        if (isRange) this.setLimits(limits);
      });
      return make("label", {}, name, field);
    };
    const reset = button("Reset colours", "Limits as they were", () => this.setLimits([scale.low, scale.high]));
    reset.hidden = low === scale.low && high === scale.high;
    const fields = [limit(0, "low "), limit(1, "high "), unit(map.units), reset];
    return [gradient, marks, make("div", { className: "limits" }, fields)];
  }

  drawAbout() {
    const { map } = this;
    const parts = [];
    if (map.coarsened > 1) {
      parts.push(make("p", { className: "note", textContent: "Shown coarser than in the file, by "
        + `${map.coarsened} × ${map.coarsened} cells; the numbers below are of all cells.` }));
    }
    if (map.histogram) parts.push(make("h3", { textContent: "Histogram" }), histogram(map, ...this.limits[this.index]));
    if (map.statistics) {
      const names = { count: "cells with a value", mean: "mean", areaMean: "mean by area", minimum: "minimum",
        p05: "5th percentile", p25: "25th percentile", median: "median", p75: "75th percentile", p95: "95th percentile",
        maximum: "maximum" };
      const entries = Object.entries(names).map(([key, name]) =>
        [name, typeof map.statistics[key] === "number" ? short(map.statistics[key], 5) : null]);
      const title = ["Statistics", unit(map.units)].filter(Boolean).join(", ");
      parts.push(make("h3", { textContent: title }), facts(entries));
    }
    const counted = map.counts ? map : statusOf(map);
    if (counted?.counts) {
      parts.push(make("h3", { textContent: counted === map ? "Classes" : "Status" }), MapSection.counts(counted));
    }
    this.about.replaceChildren(...parts);
  }

  /** How many cells each class has, as bars. */
  static counts(map) {
    const most = Math.max(1e-9, ...map.counts.map((count) => count.share));
    const rows = map.counts.filter((count) => count.cells > 0).map((count) => {
      const bar = make("span", { className: "share" });
      bar.style.width = `${(100 * count.share) / most}%`;
      const place = (map.flags ?? []).findIndex((flag) => flag.meaning === count.meaning);
      if (place >= 0) bar.style.background = map.scale.colours[place];
      return make("tr", {}, make("th", { scope: "row", textContent: words(count.meaning) }),
        make("td", { className: "bars" }, bar), make("td", { className: "number", textContent: String(count.cells) }),
        make("td", { className: "number", textContent: `${short(100 * count.share, 3)} %` }));
    });
    return make("table", { className: "counts" }, make("tbody", {}, rows));
  }
}
