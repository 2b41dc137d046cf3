// A slider for each dimension, those that tell most first, each with the images along it.

import { rounded } from "./codes.js";
import { element } from "./dom.js";
import { Latest } from "./latest.js";
import { strip } from "./picture.js";

const SHOWN = 10;
const STEPS = 7;
const REACH = 1.5;
const PAUSE = 120;

export function sliders(pane) {
  const { model } = pane;
  if (!model.about.continuous) return element("p", { class: "quiet" }, "The codes of this model are symbols, which have no sliders.");
  const rows = model.dimensions.slice(0, SHOWN).map((dimension) => row(pane, dimension));
  const update = new Latest(() => fill(pane, rows));
  let waiting = 0;
  pane.addEventListener("code", () => {
    for (const one of rows) one.follow();
    clearTimeout(waiting);
    waiting = setTimeout(() => update.run(), PAUSE);
  });
  pane.state.on(["label"], () => update.run());
  const order = `by ${model.about.information}, most first`;
  const of = rows.length < model.inferred ? `${rows.length} of ${model.inferred} dimensions` : "Dimensions";
  return element("section", { class: "sliders" }, element("h3", {}, `${of}, ${order}`), rows.map((one) => one.element));
}

function row(pane, dimension) {
  const { model } = pane, [low, high] = model.interval(dimension), middle = (low + high) / 2, half = (high - low) / 2 || 1;
  const name = `dimension ${dimension}`, layer = Object.keys(model.about.layers)[model.layerOf(dimension)];
  const output = element("output");
  const input = element("input", {
    type: "range", min: middle - REACH * half, max: middle + REACH * half, step: half / 50, "aria-label": name,
    input: () => move(Number(input.value)),
  });
  const move = async (value) => pane.step(await moved(pane, dimension, value));
  const images = element("div", { class: "strip" });
  const score = model.arrays.information.values[dimension].toPrecision(3);
  const label = element("span", { class: "name", title: model.about.information }, `${layer ? `${layer}, ` : ""}${dimension}: ${score}`);
  const values = Array.from({ length: STEPS }, (_, step) => low + ((high - low) * step) / (STEPS - 1));
  const follow = () => {
    input.value = pane.code[dimension];
    output.textContent = pane.code[dimension].toFixed(2);
  };
  return { dimension, values, images, move, name, follow, element: element("div", { class: "slider" }, label, input, output, images) };
}

// The code with another value of one dimension; the layers below it follow the prior.
async function moved(pane, dimension, value) {
  const code = begin(pane).slice(), layer = pane.model.layerOf(dimension);
  code[dimension] = value;
  return layer && pane.model.abilities.resamples ? (await pane.model.backend.resample([code], layer, 0, 0))[0] : code;
}

// The code that is moved: that of the walker, or in an exported page, the one whose traversals were decoded beforehand.
function begin(pane) {
  return pane.model.backend.traversedFrom ?? pane.code;
}

// Decodes all strips at once.
async function fill(pane, rows) {
  const start = begin(pane);
  const along = rows.flatMap(({ dimension, values }) => values.map((value) => {
    const code = start.slice();
    code[dimension] = value;
    return { code, layer: pane.model.layerOf(dimension) };
  }));
  const shown = await pane.decode(await descended(pane, along));
  rows.forEach(({ values, images, move, name }, place) => {
    const texts = values.map((value) => `${name} at ${rounded(value)}`);
    strip(images, shown.slice(place * STEPS, (place + 1) * STEPS), texts, (step) => move(values[step]));
  });
}

// The codes with the layers below each moved dimension at the means of their priors.
async function descended(pane, along) {
  const codes = along.map(({ code }) => code);
  if (!pane.model.abilities.resamples) return codes;
  for (const layer of new Set(along.map((one) => one.layer))) {
    if (!layer) continue;
    const places = along.flatMap((one, place) => (one.layer === layer ? [place] : []));
    const lower = await pane.model.backend.resample(places.map((place) => codes[place]), layer, 0, 0);
    places.forEach((place, index) => { codes[place] = lower[index]; });
  }
  return codes;
}
