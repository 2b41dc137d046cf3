// Colours of classes that people with colour-vision deficiencies can tell apart, on white and on black.
// Tol 2021, "Colour schemes", SRON/EPS/TN/09-002: muted and light.

const ON_WHITE = ["#332288", "#cc6677", "#b8a33a", "#117733", "#3aa0c8", "#882255", "#2f9a8a", "#999933", "#aa4499", "#555555"];
const ON_BLACK = ["#77aadd", "#ee8866", "#eedd88", "#44bb99", "#99ddff", "#ffaabb", "#bbcc33", "#aaaa00", "#cc99ff", "#dddddd"];
const GOLDEN_ANGLE = 137.508;

const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function colourOf(label) {
  const palette = dark.matches ? ON_BLACK : ON_WHITE;
  if (label < 0) return palette.at(-1);
  if (label < palette.length) return palette[label];
  return `hsl(${(label * GOLDEN_ANGLE) % 360} 55% ${dark.matches ? 70 : 40}%)`;
}

// The value of a colour of the style sheet.
export function ink(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export function onSchemeChange(listener) {
  dark.addEventListener("change", listener);
}
