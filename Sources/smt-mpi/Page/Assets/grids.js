"use strict";
// The data of the page, and where the cells of its maps lie.

const page = JSON.parse(document.getElementById("page").textContent);
const maps = page.maps ?? [];
const loaded = new Map();

/** The values of a map in the order of cells, single precision; NaN where missing. */
function values(index) {
  if (!loaded.has(index)) loaded.set(index, inflate(document.getElementById(maps[index].data).textContent));
  return loaded.get(index);
}

async function inflate(text) {
  const binary = atob(text.trim());
  const packed = new Uint8Array(binary.length);
  for (let index = 0; index < packed.length; index++) packed[index] = binary.charCodeAt(index);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Float32Array(await new Response(stream).arrayBuffer());
}

/** Where the cells of a grid lie, and which cell a place is in. */
class Grid {
  constructor({ kind, latitude, longitude }) {
    this.isRegular = kind === "regular";
    this.count = this.isRegular ? latitude.length * longitude.length : latitude.length;
    [this.latitude, this.longitude] = [latitude, longitude];
    if (this.isRegular) {
      this.columns = new Axis(Grid.unwrapped(longitude), 360);
      this.rows = new Axis(latitude, null);
      [this.west, this.east] = [this.columns.low, this.columns.high];
      [this.south, this.north] = [Math.max(-90, this.rows.low), Math.min(90, this.rows.high)];
      this.spacing = Math.min(this.columns.spacing, this.rows.spacing);
    } else {
      this.findReaches(kind === "curvilinear");
    }
    this.isGlobal = this.east - this.west > 359;
    if (this.isGlobal) this.east = this.west + 360;
  }

  /** Longitudes without the jump at the date line. */
  static unwrapped(longitude) {
    let turn = 0;
    return longitude.map((value, index) => {
      if (index > 0 && value - longitude[index - 1] < -180) turn += 360;
      if (index > 0 && value - longitude[index - 1] > 180) turn -= 360;
      return value + turn;
    });
  }

  /** How far from its centre a point is drawn, degrees: as far as to the nearest other one, within bounds. */
  findReaches(isCurvilinear) {
    const { latitude, longitude } = this;
    const places = [...latitude.keys()].filter((cell) => latitude[cell] !== null && longitude[cell] !== null);
    this.places = places;
    // A box of longitudes that leaves out the widest gap.
    const turned = (value) => ((value % 360) + 360) % 360;
    const sorted = places.map((cell) => turned(longitude[cell])).sort((a, b) => a - b);
    let [start, gap] = sorted.length ? [sorted[0], sorted[0] + 360 - sorted[sorted.length - 1]] : [0, 0];
    for (let index = 1; index < sorted.length; index++) {
      if (sorted[index] - sorted[index - 1] > gap) [start, gap] = [sorted[index], sorted[index] - sorted[index - 1]];
    }
    const size = Math.max(0.05, Math.sqrt(((360 - gap) * 180) / Math.max(1, places.length)) / 1.5);
    const bins = new Map();
    const bin = (cell) => [Math.floor(latitude[cell] / size), Math.floor(turned(longitude[cell]) / size)];
    for (const cell of places) {
      const [row, column] = bin(cell);
      const key = row * 100000 + column;
      if (bins.has(key)) bins.get(key).push(cell);
      else bins.set(key, [cell]);
    }
    this.reach = new Float32Array(this.count);
    // With longitudes as they are, too: narrowed ones make cells of a mesh of latitudes and longitudes seem uneven.
    const [nearest, plain] = [[], []];
    for (const cell of places) {
      const [row, column] = bin(cell);
      const narrow = Math.max(0.1, Math.cos((latitude[cell] * Math.PI) / 180));
      const wide = Math.min(8, Math.ceil(1 / narrow));
      let best = Infinity;
      for (let r = row - 1; r <= row + 1; r++) {
        for (let c = column - wide; c <= column + wide; c++) {
          for (const other of bins.get(r * 100000 + c) ?? []) {
            if (other !== cell) best = Math.min(best, this.distance(cell, latitude[other], longitude[other]));
          }
        }
      }
      this.reach[cell] = Math.sqrt(best) / narrow;
      if (!(best > 0 && best < Infinity)) continue;
      nearest.push(Math.sqrt(best));
      plain.push(this.reach[cell]);
    }
    for (const distances of [nearest, plain]) distances.sort((a, b) => a - b);
    const median = nearest.length ? nearest[nearest.length >> 1] : 1;
    for (const cell of places) {
      this.reach[cell] = Math.min(2 * median, Math.max(median / 2, this.reach[cell] || median));
    }
    this.spacing = median;
    // Stations without an order are dots of one size; a mesh is to be without holes.
    const at = (part) => plain[Math.floor(part * (plain.length - 1))] ?? 1;
    this.areStations = !isCurvilinear && plain.length < 20000 && at(0.9) > 4 * at(0.1);
    const edge = Math.max(1, median);
    let [low, high] = [Infinity, -Infinity];
    for (const cell of places) [low, high] = [Math.min(low, latitude[cell]), Math.max(high, latitude[cell])];
    [this.south, this.north] = places.length ? [Math.max(-90, low - edge), Math.min(90, high + edge)] : [-90, 90];
    // As the file counts longitudes: from 180° W where it has negative ones.
    const isFromDateLine = places.some((cell) => longitude[cell] < 0);
    if (isFromDateLine && start > 180) start -= 360;
    [this.west, this.east] = [start - edge, start + 360 - gap + edge];
    if (this.east - this.west > 300) [this.west, this.east] = isFromDateLine ? [-180, 180] : [0, 360];
  }

  /** The square of the distance of a place from a cell in degrees, longitudes narrowed by latitude. */
  distance(cell, latitude, longitude) {
    const up = latitude - this.latitude[cell];
    let across = longitude - this.longitude[cell];
    across -= 360 * Math.round(across / 360);
    across *= Math.cos((this.latitude[cell] * Math.PI) / 180);
    return up * up + across * across;
  }

  /** The cell that a place is in, -1 for none. */
  locate(longitude, latitude) {
    if (this.isRegular) {
      const [row, column] = [this.rows.index(latitude), this.columns.index(longitude)];
      return row < 0 || column < 0 ? -1 : row * this.longitude.length + column;
    }
    let [found, best] = [-1, Infinity];
    for (const cell of this.places) {
      const distance = this.distance(cell, latitude, longitude);
      if (distance < best && distance <= this.reach[cell] ** 2) [found, best] = [cell, distance];
    }
    return found;
  }

  centre(cell) {
    if (!this.isRegular) return [this.longitude[cell], this.latitude[cell]];
    const columns = this.longitude.length;
    return [this.longitude[cell % columns], this.latitude[Math.floor(cell / columns)]];
  }

  /** The cell that each pixel of a view shows, -1 for none. */
  cells(view, width, height) {
    const shown = new Int32Array(width * height).fill(-1);
    if (this.isRegular) {
      const columns = Int32Array.from({ length: width }, (_, x) => this.columns.index(view.longitude(x + 0.5)));
      for (let y = 0; y < height; y++) {
        const row = this.rows.index(view.latitude(y + 0.5));
        if (row < 0) continue;
        const start = row * this.longitude.length;
        for (let x = 0; x < width; x++) if (columns[x] >= 0) shown[y * width + x] = start + columns[x];
      }
      return shown;
    }
    const distances = new Float32Array(width * height).fill(Infinity);
    for (const cell of this.places) this.paint(cell, view, width, height, shown, distances);
    return shown;
  }

  /** Gives a point the pixels that are nearer to it than to others. */
  paint(cell, view, width, height, shown, distances) {
    const [first, cy] = view.place(this.longitude[cell], this.latitude[cell]);
    // Never smaller than one can see.
    const reach = this.areStations ? 6 * view.ratio : Math.max(this.reach[cell] * view.scale, 2.5 * view.ratio);
    const narrow = this.areStations ? 1 : Math.max(0.1, Math.cos((this.latitude[cell] * Math.PI) / 180));
    if (cy + reach < 0 || cy - reach > height) return;
    // A cell at one side of the globe may be seen at the other, too.
    const [wide, turn] = [reach / narrow, 360 * view.scale];
    for (let cx = first - turn; cx - wide <= width; cx += turn) {
      if (cx + wide < 0) continue;
      const left = Math.max(0, Math.floor(cx - wide));
      const right = Math.min(width - 1, Math.ceil(cx + wide));
      for (let y = Math.max(0, Math.floor(cy - reach)); y <= Math.min(height - 1, Math.ceil(cy + reach)); y++) {
        for (let x = left; x <= right; x++) {
          const [across, up] = [(x + 0.5 - cx) * narrow, y + 0.5 - cy];
          const distance = across * across + up * up;
          if (distance > reach * reach || distance >= distances[y * width + x]) continue;
          distances[y * width + x] = distance;
          shown[y * width + x] = cell;
        }
      }
    }
  }
}

/** Places along one axis; each has what is nearer to it than to its neighbours. */
class Axis {
  constructor(places, turn) {
    const isDescending = places.length > 1 && places[0] > places[1];
    const sorted = isDescending ? [...places].reverse() : places;
    const last = sorted.length - 1;
    this.isDescending = isDescending;
    this.turn = turn;
    this.spacing = last > 0 ? (sorted[last] - sorted[0]) / last : 1;
    this.edges = [last > 0 ? sorted[0] - (sorted[1] - sorted[0]) / 2 : sorted[0] - 0.5];
    for (let index = 0; index < last; index++) this.edges.push((sorted[index] + sorted[index + 1]) / 2);
    this.edges.push(last > 0 ? sorted[last] + (sorted[last] - sorted[last - 1]) / 2 : sorted[0] + 0.5);
    [this.low, this.high] = [this.edges[0], this.edges[last + 1]];
  }

  /** The index of a place, -1 beyond the ends. */
  index(place) {
    const { edges } = this;
    if (this.turn) place -= this.turn * Math.floor((place - edges[0]) / this.turn);
    if (!(place >= edges[0] && place <= edges[edges.length - 1])) return -1;
    let [low, high] = [0, edges.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (place >= edges[middle]) low = middle;
      else high = middle;
    }
    return this.isDescending ? edges.length - 2 - low : low;
  }
}

const grids = [];
/** Made when a map on it is first shown. */
const grid = (index) => (grids[index] ??= new Grid(page.grids[index]));
