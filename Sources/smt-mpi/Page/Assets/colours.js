"use strict";
// Colours of values and of what has none.

const channels = (colour) => [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
const isDark = matchMedia("(prefers-color-scheme: dark)");
/** Of cells without a value: see `absence`. */
const absent = {
  missing: { light: "#e4eaf0", dark: "#2a323b", words: "no data, or not land" },
  noResult: { light: "#b4b4b4", dark: "#707070", words: "no result" },
  leftOut: { light: "#cfcac2", dark: "#4d483f", words: "outside the selection" },
};
const absentColour = (name) => absent[name][isDark.matches ? "dark" : "light"];

/** Why a cell has no value, as a key of `absent`, by what its status means; null where there is no status. */
function absence(meaning) {
  if (meaning === null || meaning === "not_land") return "missing";
  return meaning === "outside_selection" ? "leftOut" : "noResult";
}

const flagOf = (map, value) => map.flags?.find((flag) => flag.value === value)?.meaning ?? null;

/** The colour of every value as a function that returns an index of `scale.colours`, -1 for none. */
function colouring(map, low, high) {
  const { scale } = map;
  const count = scale.colours.length;
  if (scale.kind === "classes") {
    const order = new Map((map.flags ?? []).map((flag, index) => [flag.value, index]));
    return (value) => order.get(value) ?? -1;
  }
  const factor = count / (high - low);
  return (value) => Math.min(count - 1, Math.max(0, Math.floor((value - low) * factor)));
}
