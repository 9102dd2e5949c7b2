"use strict";
// Drawings with axes: histograms, box plots, pairs.

const lineColours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#7f7f7f"];

/** The frame of a drawing: axes with ticks, and where values lie in it. */
class Frame {
  constructor({ width = 640, height = 360, x, y, xTitle = "", yTitle = "", isWhole = false, margin = {}, label }) {
    this.margin = { left: 64, right: 16, top: 12, bottom: 46, ...margin };
    const { left, right, top, bottom } = this.margin;
    const across = (value) => left + ((value - x[0]) / (x[1] - x[0])) * (width - left - right);
    const down = (value) => height - bottom - ((value - y[0]) / (y[1] - y[0])) * (height - top - bottom);
    Object.assign(this, { width, height, x: across, y: down, xRange: x, yRange: y });
    this.svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, width, role: "img", "aria-label": label ?? yTitle });
    for (const tick of xTitle === null ? [] : ticks(...x, 7, isWhole)) {
      this.line(across(tick), top, across(tick), height - bottom, "rule");
      this.text(across(tick), height - bottom + 16, short(tick, 12), "middle");
    }
    for (const tick of yTitle === null ? [] : ticks(...y)) {
      this.line(left, down(tick), width - right, down(tick), "rule");
      this.text(left - 6, down(tick) + 4, short(tick, 12), "end");
    }
    this.line(left, height - bottom, width - right, height - bottom, "axis");
    if (yTitle !== null) this.line(left, top, left, height - bottom, "axis");
    if (xTitle) this.text((left + width - right) / 2, height - 8, xTitle, "middle");
    if (yTitle) {
      const middle = (top + height - bottom) / 2;
      const place = { transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" };
      this.svg.append(draw("text", place, yTitle));
    }
  }

  line(x1, y1, x2, y2, name) { this.svg.append(draw("line", { x1, y1, x2, y2, class: name })); }
  text(x, y, text, anchor) { this.svg.append(draw("text", { x, y, "text-anchor": anchor }, text)); }

  path(points, colour, width, more = {}) {
    let [text, isOpen] = ["", false];
    for (const [x, y] of points) {
      if (Number.isFinite(x) && Number.isFinite(y) && x !== null && y !== null) {
        text += `${isOpen ? "L" : "M"}${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`;
        isOpen = true;
      } else isOpen = false;
    }
    const element = draw("path", { d: text, stroke: colour, "stroke-width": width, fill: "none", ...more });
    this.svg.append(element);
    return element;
  }
}

/** The range of some numbers with a little room; null, NaN and infinities do not count. */
function range(numbers, room = 0.04) {
  let [low, high] = [Infinity, -Infinity];
  for (const number of numbers) {
    if (number === null || !Number.isFinite(number)) continue;
    [low, high] = [Math.min(low, number), Math.max(high, number)];
  }
  if (low > high) return [0, 1];
  if (low === high) return [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
  return [low - room * (high - low), high + room * (high - low)];
}

/** How values are spread, each bar in the colour of its values. */
function histogram(map, low, high) {
  const { edges, counts, below, above } = map.histogram;
  const frame = new Frame({
    width: 440, height: 220, x: [edges[0], edges[edges.length - 1]], y: [0, Math.max(1, ...counts) * 1.05],
    xTitle: unit(map.units) || "value", yTitle: "cells", label: `Histogram of ${map.label}`,
  });
  const index = colouring(map, low, high);
  counts.forEach((count, number) => {
    const [left, right] = [frame.x(edges[number]), frame.x(edges[number + 1])];
    const top = frame.y(count);
    const bar = draw("rect", {
      x: left, y: top, width: Math.max(0.5, right - left - 0.5), height: frame.y(0) - top, class: "bar",
      fill: map.scale.colours[Math.max(0, index((edges[number] + edges[number + 1]) / 2))],
    }, draw("title", {}, `${short(edges[number])} to ${short(edges[number + 1])}: ${count} cells`));
    frame.svg.append(bar);
  });
  const note = below + above > 0 ? `${below} cells lie below, ${above} above what is drawn.` : null;
  return make("div", {}, frame.svg, note && make("p", { className: "note", textContent: note }));
}

/** Quantiles of classes, a box in a row for each. */
function boxPlot(boxes, units) {
  const longest = Math.min(40, Math.max(...boxes.map((box) => box.label.length)));
  const left = 20 + 6.6 * longest;
  const frame = new Frame({
    width: Math.max(640, left + 420), height: 58 + 24 * boxes.length, yTitle: null, xTitle: unit(units) || " ",
    x: range(boxes.flatMap((box) => [box.low, box.q25, box.median, box.q75, box.high, box.mean])),
    y: [boxes.length, 0].reverse(), margin: { left, right: 70 }, label: "Box plots of classes",
  });
  boxes.forEach((box, number) => {
    const y = 24 + 24 * number;
    const place = (value) => frame.x(value);
    const name = box.label.length > 40 ? `${box.label.slice(0, 39)}…` : box.label;
    frame.text(left - 8, y + 4, name, "end");
    if (box.n !== null && box.n !== undefined) frame.text(frame.width - 62, y + 4, `n ${short(box.n)}`, "start");
    const isThere = (...numbers) => numbers.every((number) => number !== null && Number.isFinite(number));
    if (isThere(box.low, box.high)) frame.line(place(box.low), y, place(box.high), y, "whisker");
    if (isThere(box.q25, box.q75)) {
      frame.svg.append(draw("rect", {
        x: place(box.q25), y: y - 7, width: Math.max(1, place(box.q75) - place(box.q25)), height: 14, class: "box",
      }, draw("title", {}, `${box.label}: ${short(box.q25)} to ${short(box.q75)}, median ${short(box.median)}`)));
    }
    if (isThere(box.median)) frame.line(place(box.median), y - 8, place(box.median), y + 8, "median");
    if (isThere(box.mean)) {
      const x = place(box.mean);
      frame.svg.append(draw("path", { d: `M${x} ${y - 4}l4 4l-4 4l-4 -4z`, class: "mean" }));
    }
  });
  return make("div", { className: "boxes" }, frame.svg, make("p", { className: "note",
    textContent: "Box: quartiles, line: median, whiskers: 5th and 95th percentile, diamond: mean." }));
}

/** Points; those of like quantities against the line where both are equal. */
function scatter(points, title, xTitle, yTitle, isAlike) {
  const both = range(points.flat());
  const [x, y] = isAlike ? [both, both] : [0, 1].map((side) => range(points.map((point) => point[side])));
  const frame = new Frame({ width: 440, height: 420, x, y, xTitle, yTitle, label: title });
  if (isAlike) frame.path(both.map((value) => [value, value]), "currentColor", 1, { "stroke-dasharray": "6 4" });
  // One path with a dot for each point: thousands are drawn at once.
  const dots = points.filter(([one, other]) => one !== null && other !== null)
    .map(([one, other]) => `M${frame.x(one).toFixed(1)} ${frame.y(other).toFixed(1)}h0`).join("");
  const isDense = points.length > 500;
  frame.svg.append(draw("path", {
    d: dots, class: "dots", "stroke-width": isDense ? 4 : 6, "stroke-linecap": "round",
    "stroke-opacity": isDense ? 0.35 : 0.7,
  }));
  return make("figure", {}, make("figcaption", { textContent: title }), frame.svg);
}
