"use strict";
// The page of a run or of map files: all that it shows is in the page itself, and nothing is fetched.
// The files of this folder are one script, this one the last.

function tables() {
  return page.tables.map((one) => make("details", { open: Boolean(one.boxes?.length) || one.rows.length <= 12 },
    make("summary", { textContent: `${one.path} (${one.rows.length} rows)` }),
    one.boxes?.length ? boxPlot(one.boxes, one.units) : null, table(one.header, one.rows)));
}

function pairs() {
  return page.pairs.map((one) => {
    const name = ({ name, units }) => (unit(units) ? `${name} (${unit(units)})` : name);
    return make("div", {}, make("h3", { textContent: one.title }), make("div", { className: "beside" },
      scatter(one.points, "Pairs", name(one.x), name(one.y), one.isAlike),
      one.quantiles?.length ? scatter(one.quantiles, "Quantiles", name(one.x), name(one.y), one.isAlike) : null,
      facts((one.statistics ?? []).map(({ name: label, value }) => [label, number(value, 5)]))));
  });
}

/** Lines with a legend that hides and shows them, and the values under the pointer. */
function series(one) {
  const { lines, x } = one;
  // More than one can tell apart are there, but hidden at first.
  const isShown = lines.map((_, index) => lines.length <= 12 || index < 8);
  const colour = (index) => lineColours[index % lineColours.length];
  const holder = make("div", { className: "series" });
  const readout = make("output", { className: "readout" });
  const title = [one.title, unit(one.units)].filter(Boolean).join(", ");
  const numbers = x.values.every((value) => typeof value === "number") ? x.values : x.values.map((_, index) => index);
  function redraw() {
    const frame = new Frame({
      width: 880, height: 360, x: range(numbers, 0.01), xTitle: x.name, yTitle: unit(one.units) || " ", label: title,
      y: range(lines.flatMap((line, index) => (isShown[index] ? line.values : []))), isWhole: x.name === "year",
    });
    lines.forEach((line, index) => {
      if (!isShown[index]) return;
      const dash = index >= lineColours.length ? { "stroke-dasharray": "5 3" } : {};
      const points = numbers.map((value, place) => [value, line.values[place]]);
      frame.path(points, colour(index), 1.8, { "stroke-linejoin": "round", ...dash });
    });
    const [y1, y2] = [frame.margin.top, frame.height - frame.margin.bottom];
    const cursor = draw("line", { y1, y2, class: "cursor", visibility: "hidden" });
    frame.svg.append(cursor);
    frame.svg.addEventListener("pointermove", (event) => {
      const box = frame.svg.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * frame.width;
      let nearest = 0;
      numbers.forEach((value, place) => {
        if (Math.abs(frame.x(value) - at) < Math.abs(frame.x(numbers[nearest]) - at)) nearest = place;
      });
      cursor.setAttribute("x1", frame.x(numbers[nearest]));
      cursor.setAttribute("x2", frame.x(numbers[nearest]));
      cursor.setAttribute("visibility", "visible");
      readout.textContent = `${x.name} ${x.labels[nearest]}: ` + lines.map((line, index) =>
        (isShown[index] ? `${line.label} ${short(line.values[nearest], 5)}` : null)).filter(Boolean).join("; ");
    });
    holder.replaceChildren(frame.svg);
  }
  const legend = make("ul", { className: "legend" }, lines.map((line, index) => {
    const box = make("input", { type: "checkbox", checked: isShown[index] });
    box.addEventListener("change", () => { isShown[index] = box.checked; redraw(); });
    const swatch = make("span", { className: "swatch line" });
    swatch.style.background = colour(index);
    return make("li", {}, make("label", {}, box, swatch, line.label));
  }));
  redraw();
  return make("figure", { className: "wide" }, make("figcaption", { textContent: title }), holder, readout, legend);
}

/** A drawing of a file without what could run or fetch anything. */
function picture({ path, svg }) {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const isDrawing = ({ namespaceURI }) => namespaceURI === "http://www.w3.org/2000/svg";
  if (root.localName !== "svg" || !isDrawing(root)) return make("p", { textContent: `${path} cannot be shown.` });
  for (const element of [root, ...root.querySelectorAll("*")]) {
    const isActive = ["script", "foreignObject", "image", "use", "style", "a"].includes(element.localName);
    // Elements of HTML could do what those of drawings cannot: refresh the page from elsewhere.
    if (isActive || !isDrawing(element)) element.remove();
    for (const { name } of [...element.attributes]) {
      if (name.startsWith("on") || name.endsWith("href") || name === "style") element.removeAttribute(name);
    }
  }
  const [width, height] = ["width", "height"].map((name) => parseFloat(root.getAttribute(name)));
  if (width > 0 && height > 0 && !root.hasAttribute("viewBox")) root.setAttribute("viewBox", `0 0 ${width} ${height}`);
  root.setAttribute("role", "img");
  root.setAttribute("aria-label", path);
  const figure = make("figure", { className: "wide picture" }, make("figcaption", { textContent: path }));
  figure.append(document.importNode(root, true));
  return figure;
}

function run({ ranks, hosts, wallSeconds, phases, balance, peakMemory, version, started }) {
  const parts = [facts([
    ["started", started], ["wall time", typeof wallSeconds === "number" ? seconds(wallSeconds) : null],
    ["ranks", ranks], ["hosts", hosts?.join(", ")],
    ["balance of work (mean over maximum)", ranks > 1 ? number(balance, 3) : null],
    ["memory of the largest rank", peakMemory ? bytes(peakMemory) : null], ["version", version],
  ])];
  if (phases?.length) {
    const longest = Math.max(...phases.map((phase) => phase.maximum), 1e-9);
    const left = 30 + 7 * Math.max(...phases.map((phase) => phase.name.length));
    const frame = new Frame({
      width: 720, height: 30 + 26 * phases.length, x: [0, longest], y: [0, phases.length], xTitle: null, yTitle: null,
      margin: { left, right: 90, bottom: 20, top: 6 }, label: "Phases of the run",
    });
    phases.forEach((phase, index) => {
      const y = 18 + 26 * index;
      frame.text(left - 8, y + 4, phase.name, "end");
      const width = Math.max(1, frame.x(phase.mean) - left);
      const [least, most] = [seconds(phase.minimum), seconds(phase.maximum)];
      frame.svg.append(draw("rect", { x: left, y: y - 8, width, height: 16, class: "phase" },
        draw("title", {}, `${phase.name}: ${least} to ${most}, mean ${seconds(phase.mean)}`)));
      frame.line(frame.x(phase.minimum), y, frame.x(phase.maximum), y, "whisker");
      frame.text(Math.max(frame.x(phase.mean), frame.x(phase.maximum)) + 8, y + 4, seconds(phase.mean), "start");
    });
    const note = ranks > 1 ? "Bars: mean over ranks; lines: the fastest and the slowest rank." : "Time by phase.";
    parts.push(make("h3", { textContent: "Phases" }), make("div", { className: "phases" }, frame.svg),
      make("p", { className: "note", textContent: note }));
  }
  return parts;
}

function command(text) {
  const code = make("pre", { id: "command", tabIndex: 0 }, make("code", { textContent: text }));
  const told = make("span", { className: "note" });
  told.setAttribute("role", "status");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Pages from disk may not write to the clipboard themselves everywhere.
      getSelection().selectAllChildren(code);
      document.execCommand("copy");
    }
    told.textContent = " copied";
    setTimeout(() => { told.textContent = ""; }, 2000);
  }
  return [code, button("Copy", "Copy the command", copy), told];
}

const list = (texts) => make("ul", {}, texts.map((text) => make("li", { textContent: text })));

function section(id, title, parts, name = "") {
  return make("section", { id, className: name }, make("h2", { textContent: title }), parts);
}

function build() {
  const main = document.querySelector("main") ?? document.body.appendChild(make("main"));
  const sections = [];
  const { warnings } = page;
  if (warnings?.length) sections.push(section("warnings", `Warnings (${warnings.length})`, list(warnings), "warnings"));
  const shown = maps.length ? new MapSection() : null;
  if (shown) sections.push(shown.element);
  if (page.series?.length) sections.push(section("series", "Series", page.series.map(series)));
  if (page.pairs?.length) sections.push(section("pairs", "Pairs", pairs()));
  if (page.tables?.length) sections.push(section("tables", "Tables", tables()));
  if (page.pictures?.length) sections.push(section("pictures", "Pictures", page.pictures.map(picture)));
  if (page.run) sections.push(section("run", "Run", run(page.run)));
  if (page.command) sections.push(section("command-section", "Command", command(page.command)));
  if (page.notes?.length) sections.push(section("notes", "Notes", list(page.notes)));
  const links = sections.map((one) => make("a", { href: `#${one.id}`, textContent: one.firstChild.textContent }));
  main.append(make("header", {}, make("h1", { textContent: page.title || "Maps" }),
    sections.length > 1 ? make("nav", {}, links) : null), ...sections,
  make("footer", { textContent: `Made by ${page.program}. This page holds all its data and loads nothing.` }));
  if (shown) return shown.show(MapSection.first);
  document.body.dataset.ready = "true";
  return null;
}

build();
