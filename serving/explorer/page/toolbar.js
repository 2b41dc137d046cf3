// What is above a map: what a drag does, which map it is, and how it shows the images.

import { button, choice, element } from "./dom.js";
import { projectionNames } from "./projections.js";

const MODES = [["walk", "Walk"], ["pan", "Pan"], ["region1", "Lasso 1"], ["region2", "Lasso 2"]];
const ZOOM = 1.5;

export function toolbar(pane) {
  return element("div", { class: "toolbar" }, modes(pane), maps(pane), ways(pane), zoom(pane));
}

function modes(pane) {
  const buttons = MODES.map(([mode, text]) =>
    button(text, () => choose(mode), { "data-mode": mode, "aria-pressed": String(mode === "walk") }));
  const choose = (mode) => {
    pane.map.gestures.mode = mode.startsWith("region") ? "lasso" : mode;
    pane.map.region = mode;
    for (const one of buttons) one.setAttribute("aria-pressed", String(one.dataset.mode === mode));
  };
  return element("div", { class: "buttons", role: "group", "aria-label": "A drag on the map" }, buttons);
}

function maps(pane) {
  const names = projectionNames(pane.model), { state } = pane;
  const map = choice("Map", names, pane.mapName, (name) => state.set({ [pane.key("map")]: name, [pane.key("view")]: "" }));
  const options = pane.model.dimensions.map((dimension) => [String(dimension), String(dimension)]);
  const axis = (place) => choice(["across", "up"][place], options, String(pane.dims[place]), (value) => {
    const dims = pane.dims;
    dims[place] = Number(value);
    state.set({ [pane.key("dims")]: dims.join(","), [pane.key("view")]: "" });
  });
  const axes = element("span", { class: "fields" }, axis(0), axis(1));
  const update = () => {
    map.select.value = pane.mapName;
    axes.hidden = pane.mapName !== "dims" || pane.model.inferred < 2;
    [...axes.children].forEach((one, place) => { one.select.value = String(pane.dims[place]); });
  };
  pane.addEventListener("map", update);
  return element("span", { class: "fields" }, map, axes);
}

function ways({ state }) {
  const way = choice("Images as", [["points", "points"], ["images", "thumbnails"]], state.get("as", "points"), (as) => state.set({ as }));
  state.on(["as"], () => { way.select.value = state.get("as", "points"); });
  return way;
}

function zoom(pane) {
  const by = (factor) => {
    const { view } = pane.map;
    if (factor) view.zoomAt(...view.size.map((length) => length / 2), factor);
    else view.fit();
    pane.map.moved();
  };
  return element("div", { class: "buttons", role: "group", "aria-label": "Zoom" },
    button("+", () => by(ZOOM), { "aria-label": "Zoom in" }),
    button("−", () => by(1 / ZOOM), { "aria-label": "Zoom out" }),
    button("All", () => by(0), { "aria-label": "Show all images" }));
}
