"use strict";
// Elements of the page, and how numbers and words stand in it.

/** An element with properties (or attributes, where it has no such property) and children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** An element of a drawing. */
function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function button(label, title, action) {
  const element = make("button", { type: "button", title, textContent: label });
  if (label.length < 3) element.setAttribute("aria-label", title);
  element.addEventListener("click", action);
  return element;
}

// ---- Numbers and words -------------------------------------------------------------------------------------------

const minus = (text) => text.replace(/-/g, "−");

/** A number in a few digits. */
function short(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return minus(String(value));
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
    return minus(`${Number(mantissa)}e${Number(exponent)}`);
  }
  return minus(String(Number(value.toPrecision(digits))));
}

/** The shortest number that is this one in single precision: what the file holds. */
function exact(value) {
  for (let digits = 1; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return minus(String(Number(text)));
  }
  return minus(String(value));
}

const raised = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵",
  6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** Units as one reads them: "kg m⁻²" for "kg m-2"; empty where there are none. */
function unit(text) {
  if (!text || text === "1") return "";
  if (text === "percent") return "%";
  // The 2 of CO2 and the 4 of CH4 are no powers.
  return text.replace(/([A-Za-zµ]+)\^?(-?\d+)(?![\d.A-Za-z])/g, (all, word, power) =>
    (/(O|H)$/.test(word) && power[0] !== "-" ? all : word + [...power].map((sign) => raised[sign]).join("")));
}

const words = (meaning) => meaning.replace(/_/g, " ");

/** Degrees with their hemisphere. */
function degrees(value, positive, negative) {
  const rounded = Number(Math.abs(value).toFixed(4));
  return rounded === 0 ? "0°" : `${rounded}° ${value > 0 ? positive : negative}`;
}
const latitudeText = (value) => degrees(value, "N", "S");
const longitudeText = (value) =>
  value > 180 ? `${Number(value.toFixed(4))}° E` : degrees(value, "E", "W");

/** A number in a few digits; null for what is none. */
const number = (value, digits) => (typeof value === "number" ? short(value, digits) : null);

function seconds(value) {
  if (value < 1) return `${short(1000 * value, 3)} ms`;
  if (value < 120) return `${short(value, 3)} s`;
  if (value < 7200) return `${short(value / 60, 3)} min`;
  return `${short(value / 3600, 3)} h`;
}

function bytes(value) {
  const names = ["B", "KiB", "MiB", "GiB", "TiB"];
  let index = 0;
  while (value >= 1024 && index < 4) { value /= 1024; index++; }
  return `${short(value, 3)} ${names[index]}`;
}

/** Round numbers within a range, some of them; whole ones alone where that is asked for. */
function ticks(low, high, most = 7, isWhole = false) {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [low];
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power)
    .find((size) => span / size <= most && (!isWhole || Number.isInteger(size))) ?? 1;
  const found = [];
  for (let number = Math.ceil(low / step - 1e-6); number * step <= high + 1e-6 * step; number++) {
    found.push(Number((number * step).toPrecision(12)));
  }
  return found;
}
