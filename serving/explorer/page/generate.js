// New images: samples of the prior, with its temperature and a seed; the class; and new lower layers of a hierarchy.

import { button, choice, element, number } from "./dom.js";
import { Latest } from "./latest.js";
import { strip } from "./picture.js";
import { lines, panel } from "./regions.js";

const SAMPLES = 12;
const DRAWS = 8;
const HIGHEST_SEED = 2 ** 31 - 1;
const PAUSE = 200;

export function classPanel(explorer) {
  const able = explorer.panes.find(({ model }) => model.about.generates_classes);
  if (!able || !explorer.live) return null;
  const { state } = explorer;
  const label = choice("Class", [["", "as in the code"], ...able.model.classNames], state.get("label"), (value) => state.set({ label: value }));
  state.on(["label"], () => { label.select.value = state.get("label"); });
  return panel("Class", "The class of everything that is decoded, by models that can be told it.", label);
}

export function generatePanel(explorer) {
  if (!explorer.live) return null;
  const { state } = explorer;
  const rows = lines(explorer, (pane) => {
    const images = element("div", { class: "strip wrapped" });
    const fill = new Latest(async () => {
      const { seed, temperature } = drawing(state);
      const shown = await pane.model.backend.sample(SAMPLES, seed, temperature, pane.label);
      strip(images, shown, shown.map((_, place) => `sample ${place + 1} of seed ${seed} at temperature ${temperature}`));
    });
    return { update: () => fill.run(), element: images };
  });
  onChange(state, () => rows.forEach((row) => row.update()));
  return panel("Samples", `Decoded from codes drawn from ${explorer.panes[0].model.about.prior}.`, controls(explorer), rows.map((row) => row.element));
}

function drawing(state) {
  return { seed: state.number("seed", 0), temperature: state.number("temperature", 1) };
}

function onChange(state, update) {
  state.on(["seed", "temperature", "label"], update);
  update();
}

function controls(explorer) {
  const { state } = explorer;
  const seed = number("Seed", drawing(state).seed, (value) => state.set({ seed: value }), { min: 0, max: HIGHEST_SEED, step: 1, class: "seed" });
  const shown = element("output", {}, drawing(state).temperature.toFixed(2));
  const slider = element("input", { type: "range", min: 0, max: 2, step: 0.05, value: drawing(state).temperature, input: () => state.set({ temperature: slider.value }) });
  state.on(["seed", "temperature"], () => {
    seed.input.value = drawing(state).seed;
    slider.value = drawing(state).temperature;
    shown.textContent = drawing(state).temperature.toFixed(2);
  });
  return element("div", { class: "fields" },
    element("label", { class: "field" }, element("span", {}, "Temperature"), slider, shown), seed,
    element("div", { class: "buttons" },
      button("New seed", () => state.set({ seed: Math.floor(Math.random() * HIGHEST_SEED) })),
      button("Copy seed", () => navigator.clipboard.writeText(String(drawing(state).seed)))));
}

export function resamplePanel(explorer) {
  const able = explorer.panes.filter(({ model }) => model.abilities.resamples);
  if (!able.length || !explorer.live) return null;
  const { state } = explorer, names = Object.keys(able[0].model.about.layers);
  const options = names.slice(1).map((name, place) => [String(place + 1), name]);
  const layer = choice("Keep from", options, String(kept(state, names)), (value) => state.set({ layer: value }));
  const rows = able.map((pane) => resampled(pane, state, names));
  const update = () => {
    layer.select.value = String(kept(state, names));
    rows.forEach((row) => row.update());
  };
  state.on(["layer"], update);
  onChange(state, update);
  return panel("Lower layers", "The code where the walker stands, with the layers below one drawn anew from their priors, with seed and temperature of the samples.",
    layer, rows.map((row) => row.element));
}

function kept(state, names) {
  return Math.min(names.length - 1, Math.max(1, state.number("layer", names.length - 1)));
}

function resampled(pane, state, names) {
  const images = element("div", { class: "strip" });
  const fill = new Latest(async () => {
    const { seed, temperature } = drawing(state), layer = kept(state, names);
    const codes = await pane.model.backend.resample(Array(DRAWS).fill(pane.code), layer, seed, temperature);
    strip(images, await pane.decode(codes), codes.map((_, place) => `draw ${place + 1} of the layers below ${names[layer]}`), (place) => pane.step(codes[place]));
  });
  let waiting = 0;
  pane.addEventListener("code", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => fill.run(), PAUSE);
  });
  return { update: () => fill.run(), element: images };
}
