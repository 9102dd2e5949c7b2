"use strict";
// Tables that are sorted by their columns, and lists of facts.

const isNumber = (entry) =>
  typeof entry === "number" || (typeof entry === "string" && entry.trim() !== "" && !Number.isNaN(Number(entry)));

/** A table whose columns sort it; the first rows of long ones, until all are asked for. */
function table(header, rows) {
  const body = make("tbody");
  const isNumeric = header.map((_, column) => rows.some((row) => isNumber(row[column])));
  let [sorted, shown, order] = [rows, Math.min(20, rows.length), null];
  const more = make("button", { type: "button", className: "more" });
  function fill() {
    body.replaceChildren(...sorted.slice(0, shown).map((row) => make("tr", {}, row.map((entry, column) => {
      // As the table has it, since 007 may be a site; of long numbers all digits stand behind the pointer.
      const isLong = isNumber(entry) && String(entry).length > 12;
      const text = isLong ? short(Number(entry), 8) : isNumber(entry) ? minus(String(entry)) : entry || "–";
      return make("td", { className: isNumeric[column] ? "number" : "", textContent: text, title: isLong ? entry : "" });
    }))));
    more.hidden = shown >= rows.length;
    more.textContent = `Show all ${rows.length} rows`;
  }
  more.addEventListener("click", () => { shown = rows.length; fill(); });
  const heads = header.map((name, column) => {
    const head = make("th", { scope: "col", className: isNumeric[column] ? "number" : "" });
    head.append(button(name, `Sort by ${name}`, () => {
      const isAscending = !(order?.column === column && order.isAscending);
      order = { column, isAscending };
      sorted = [...rows].sort((one, other) => compare(one[column], other[column], isAscending ? 1 : -1));
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
      fill();
    }));
    return head;
  });
  fill();
  return make("div", { className: "scroll", tabIndex: 0 },
    make("table", {}, make("thead", {}, make("tr", {}, heads)), body), more);
}

/** Numbers by size before texts by letters, the other way round where `sign` is -1; what is missing comes last. */
function compare(one, other, sign) {
  if (!one !== !other) return one ? -1 : 1;
  const [isOne, isOther] = [isNumber(one), isNumber(other)];
  if (isOne && isOther) return sign * (Number(one) - Number(other));
  if (isOne !== isOther) return isOne ? -sign : sign;
  return sign * String(one).localeCompare(String(other));
}

/** Names and values beside each other. */
function facts(entries) {
  return make("dl", { className: "facts" }, entries.filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
}
