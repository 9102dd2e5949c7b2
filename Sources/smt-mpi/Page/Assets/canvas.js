"use strict";
// The canvas that a map is drawn on: what part of the globe it shows, and what pointers and keys do.

/** What part of the globe a canvas shows: longitude and latitude of its upper left corner, and pixels to a degree. */
class View {
  constructor(west, north, scale, ratio) { Object.assign(this, { west, north, scale, ratio }); }
  longitude(x) { return this.west + x / this.scale; }
  latitude(y) { return this.north - y / this.scale; }

  /** The pixel of a place, in the first turn of the globe from the left side. */
  place(longitude, latitude) {
    const east = (((longitude - this.west) % 360) + 360) % 360;
    return [east * this.scale, (this.north - latitude) * this.scale];
  }
}

/** A map that is moved, zoomed and asked for its cells. */
class MapCanvas {
  /** `onCell(cell, event)` hears where the pointer or the cursor is, -1 for no cell; `onPin(cell)` what is clicked. */
  constructor(onCell, onPin) {
    Object.assign(this, { onCell, onPin, pinned: null, cursor: null, pointers: new Map() });
    this.canvas = make("canvas", { tabIndex: 0, id: "map" });
    this.canvas.setAttribute("role", "application");
    this.turnButton = button("⇄ 180°", "Turn the globe by half", () => this.turn());
    this.tools = make("div", { className: "tools" },
      button("+", "Zoom in (+)", () => this.zoom(1.6)), button("−", "Zoom out (−)", () => this.zoom(1 / 1.6)),
      button("Reset", "Show the whole map (0)", () => this.reset()), this.turnButton);
    this.frame = make("div", { className: "frame" }, this.canvas);
    this.listen();
  }

  /** Shows cells of a grid; `colourOf(cell)` is what a pixel of the cell is painted with, as four bytes. */
  show(shownGrid, colourOf) {
    this.colourOf = colourOf;
    if (this.grid !== shownGrid) {
      this.grid = shownGrid;
      this.cursor = null;
      this.fit();
    }
    this.paint();
  }

  // What is shown.

  /** Shows all cells, as wide as there is room. */
  fit() {
    const { west, east, north, south } = this.grid;
    const axis = { width: 46, height: 22 };
    const width = Math.max(240, this.frame.clientWidth) - axis.width;
    const [across, up] = [Math.max(1e-3, east - west), Math.max(1e-3, north - south)];
    const height = Math.min(Math.max(240, innerHeight * 0.75), Math.max(200, (width * up) / across));
    this.fittedWidth = this.frame.clientWidth;
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.ratio = ratio;
    [this.plotWidth, this.plotHeight, this.left] = [width, height, axis.width].map((size) => Math.round(size * ratio));
    this.canvas.width = this.plotWidth + this.left;
    this.canvas.height = this.plotHeight + Math.round(axis.height * ratio);
    this.canvas.style.width = `${this.canvas.width / ratio}px`;
    this.canvas.style.height = `${this.canvas.height / ratio}px`;
    this.least = Math.min(this.plotWidth / across, this.plotHeight / up);
    const [wide, high] = [this.plotWidth / this.least, this.plotHeight / this.least];
    this.view = new View((west + east - wide) / 2, (north + south + high) / 2, this.least, ratio);
    this.turnButton.hidden = !this.grid.isGlobal;
    this.giveTouchesBack();
  }

  /** One finger scrolls the page while the whole map is shown. */
  giveTouchesBack() { this.canvas.style.touchAction = this.view.scale > this.least * 1.01 ? "none" : "pan-y"; }

  reset() {
    this.fit();
    this.paint();
  }

  turn() {
    this.view.west += this.view.west >= -90 ? -180 : 180;
    this.paint();
  }

  /** Zooms about a place of the plot, in its pixels. */
  zoom(factor, x = this.plotWidth / 2, y = this.plotHeight / 2) {
    const scale = Math.min(this.least * 400, this.view.scale * factor);
    if (scale <= this.least) return this.reset();
    const [longitude, latitude] = [this.view.longitude(x), this.view.latitude(y)];
    this.view = new View(longitude - x / scale, latitude + y / scale, scale, this.ratio);
    this.keepInSight();
    this.giveTouchesBack();
    return this.paint();
  }

  move(x, y) {
    this.view.west -= x / this.view.scale;
    this.view.north += y / this.view.scale;
    this.keepInSight();
    this.paint();
  }

  keepInSight() {
    const { view, grid: { west, east, north, south, isGlobal } } = this;
    const [wide, high] = [this.plotWidth / view.scale, this.plotHeight / view.scale];
    const within = (value, low, top) => (low > top ? (low + top) / 2 : Math.min(top, Math.max(low, value)));
    view.north = within(view.north, south + high, north);
    if (!isGlobal) view.west = within(view.west, west, east - wide);
  }

  // Drawing.

  /** Draws the map; several requests before the next frame are one. */
  paint() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.paintNow();
    });
  }

  paintNow() {
    const { plotWidth, plotHeight, left, view, colourOf } = this;
    const context = this.canvas.getContext("2d");
    const style = getComputedStyle(document.documentElement);
    this.cells = this.grid.cells(view, plotWidth, plotHeight);
    const image = context.createImageData(plotWidth, plotHeight);
    const pixels = new Uint32Array(image.data.buffer);
    for (let pixel = 0; pixel < pixels.length; pixel++) {
      if (this.cells[pixel] >= 0) pixels[pixel] = colourOf(this.cells[pixel]);
    }
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.putImageData(image, left, 0);
    this.drawGraticule(context, style.getPropertyValue("--text"));
    this.drawMarks(context, style.getPropertyValue("--accent"));
    // Where a place lies on the canvas, in CSS pixels, for whoever looks at the page from outside.
    const { dataset } = this.canvas;
    [dataset.west, dataset.north] = [view.west - left / view.scale, view.north].map(String);
    dataset.scale = String(view.scale / this.ratio);
  }

  drawGraticule(context, colour) {
    const { view, plotWidth, plotHeight, left, ratio } = this;
    const span = plotWidth / view.scale;
    const step = [60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02].find((size) => span / size >= 4) ?? 0.01;
    context.save();
    [context.strokeStyle, context.fillStyle, context.lineWidth] = [colour, colour, ratio];
    context.font = `${12 * ratio}px system-ui, sans-serif`;
    const rule = (x1, y1, x2, y2) => {
      context.globalAlpha = 0.16;
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
      context.globalAlpha = 1;
    };
    context.textAlign = "center";
    let free = -Infinity;
    for (let number = Math.ceil(view.west / step); number * step <= view.west + span; number++) {
      const x = left + (number * step - view.west) * view.scale;
      rule(x, 0, x, plotHeight);
      // As the file counts them.
      const turns = Math.floor((number * step - this.grid.west + 1e-6) / 360);
      const text = longitudeText(Number((number * step).toFixed(4)) - 360 * turns);
      const half = context.measureText(text).width / 2;
      const at = Math.min(left + plotWidth - half, Math.max(half, x));
      if (at - half < free) continue;
      free = at + half + 6 * ratio;
      context.fillText(text, at, plotHeight + 16 * ratio);
    }
    context.textAlign = "right";
    const south = view.north - plotHeight / view.scale;
    for (let number = Math.ceil(south / step); number * step <= view.north; number++) {
      const latitude = Number((number * step).toFixed(4));
      if (Math.abs(latitude) > 90) continue;
      const y = (view.north - latitude) * view.scale;
      rule(left, y, left + plotWidth, y);
      const base = Math.min(plotHeight - 2, Math.max(10 * ratio, y + 4 * ratio));
      context.fillText(latitudeText(latitude).replace(" ", ""), left - 5 * ratio, base);
    }
    context.strokeRect(left + 0.5, 0.5, plotWidth - 1, plotHeight - 1);
    context.restore();
  }

  /** Rings about the cell that was clicked and the keyboard's cursor. */
  drawMarks(context, colour) {
    context.save();
    context.beginPath();
    context.rect(this.left, 0, this.plotWidth, this.plotHeight);
    context.clip();
    for (const [place, radius] of [[this.pinned, 8], [this.cursor, 5]]) {
      if (!place) continue;
      const [x, y] = this.view.place(place.longitude, place.latitude);
      const turn = 360 * this.view.scale;
      // What lies at one side may be seen at the other, too.
      for (let at = x - turn; at < this.plotWidth + 20; at += turn) {
        for (const [style, width] of [["#ffffff", 4], [colour, 2]]) {
          [context.strokeStyle, context.lineWidth] = [style, width * this.ratio];
          context.beginPath();
          context.arc(this.left + at, y, radius * this.ratio, 0, 2 * Math.PI);
          context.stroke();
        }
      }
    }
    context.restore();
  }

  // Pointers and keys.

  /** Pixels of the plot under a pointer. */
  pixel(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.ratio - this.left, (event.clientY - box.top) * this.ratio];
  }

  cellAt(x, y) {
    if (!this.cells || x < 0 || y < 0 || x >= this.plotWidth || y >= this.plotHeight) return -1;
    return this.cells[Math.floor(y) * this.plotWidth + Math.floor(x)];
  }

  listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      const [x, y] = this.pixel(event);
      this.pointers.set(event.pointerId, { x, y });
      this.pressed = { x, y, hasMoved: this.pointers.size > 1 };
    });
    canvas.addEventListener("pointermove", (event) => {
      const [x, y] = this.pixel(event);
      const held = this.pointers.get(event.pointerId);
      if (held) this.drag(held, event.pointerId, x, y);
      else this.onCell(this.cellAt(x, y), event);
    });
    const release = (event) => {
      const held = this.pointers.get(event.pointerId);
      this.pointers.delete(event.pointerId);
      if (!held || event.type !== "pointerup" || this.pressed.hasMoved) return;
      const cell = this.cellAt(held.x, held.y);
      this.onCell(cell, event);
      if (cell >= 0) this.onPin(cell);
    };
    canvas.addEventListener("pointerup", release);
    canvas.addEventListener("pointercancel", release);
    canvas.addEventListener("pointerleave", () => this.onCell(-1, null));
    canvas.addEventListener("wheel", (event) => {
      // What cannot be zoomed out any more lets the page scroll.
      if (event.deltaY > 0 && this.view.scale <= this.least * 1.001) return;
      event.preventDefault();
      const factor = Math.exp(-Math.sign(event.deltaY) * Math.min(0.4, Math.abs(event.deltaY) / 300));
      this.zoom(factor, ...this.pixel(event));
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.press(event));
    new ResizeObserver(() => {
      if (this.grid && Math.abs(this.frame.clientWidth - this.fittedWidth) >= 2) this.reset();
    }).observe(this.frame);
  }

  /** Moves the map with one pointer, or zooms it with two. */
  drag(held, id, x, y) {
    const other = [...this.pointers].find(([one]) => one !== id)?.[1];
    if (other) {
      const [before, after] = [Math.hypot(held.x - other.x, held.y - other.y), Math.hypot(x - other.x, y - other.y)];
      if (before > 0 && after > 0) this.zoom(after / before, (x + other.x) / 2, (y + other.y) / 2);
      this.pressed.hasMoved = true;
    } else if (this.pressed.hasMoved || Math.hypot(x - this.pressed.x, y - this.pressed.y) > 4 * this.ratio) {
      this.pressed.hasMoved = true;
      this.onCell(-1, null);
      this.move(x - held.x, y - held.y);
    }
    [held.x, held.y] = [x, y];
  }

  press(event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (steps) this.step(...steps);
    else if (event.key === "+" || event.key === "=") this.zoom(1.6);
    else if (event.key === "-") this.zoom(1 / 1.6);
    else if (event.key === "0") this.reset();
    else if (event.key === "Enter" && this.cursor) {
      const cell = this.grid.locate(this.cursor.longitude, this.cursor.latitude);
      if (cell >= 0) this.onPin(cell);
    } else return;
    event.preventDefault();
  }

  /** Moves the keyboard's cursor by a cell, or by a pixel where cells are smaller. */
  step(right, up) {
    const { view, grid: { spacing } } = this;
    const place = this.cursor ?? {
      longitude: view.longitude(this.plotWidth / 2), latitude: view.latitude(this.plotHeight / 2),
    };
    const by = Math.max(spacing, 1 / view.scale);
    place.longitude += right * by;
    place.latitude = Math.min(90, Math.max(-90, place.latitude + up * by));
    this.cursor = place;
    this.onCell(this.grid.locate(place.longitude, place.latitude), null);
    this.paint();
  }

  /** Marks a cell; null for none. */
  pin(cell) {
    const [longitude, latitude] = cell === null ? [] : this.grid.centre(cell);
    this.pinned = cell === null ? null : { longitude, latitude };
    this.paint();
  }
}
