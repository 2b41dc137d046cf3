// The two selections: regions of a map, kept as texts in the page's address.

import { element } from "./dom.js";
import { fromText, rowsInside, toText } from "./lasso.js";
import { projection } from "./projections.js";

export const REGIONS = [["region1", "first"], ["region2", "second"]];

export function writeRegion(pane, polygon) {
  return [pane.place, pane.mapName, pane.dims.join(","), toText(polygon)].join("|");
}

// The pane, map and polygon of a text, and the ids of the images inside; null if there are none.
export function readRegion(explorer, text) {
  const [place, name, dims, corners] = text.split("|"), pane = explorer.panes[Number(place)];
  if (!pane || !corners) return null;
  const polygon = fromText(corners), axes = dims.split(",").map(Number);
  const { points } = projection(pane.model, name, axes);
  const ids = rowsInside(points, polygon).map((row) => pane.model.ids[row]);
  return ids.length ? { pane, name, dims, polygon, ids } : null;
}

// The rows of the region's images in a model, which may have kept others.
export function rowsOf(region, model) {
  return region.ids.map((id) => model.rowOf(id)).filter((row) => row >= 0);
}

// A section with one line for each model.
export function lines(explorer, make) {
  return explorer.panes.map((pane) => {
    const title = explorer.panes.length > 1 ? element("h4", {}, pane.model.name) : null;
    const line = make(pane);
    return { pane, ...line, element: element("div", { class: "line" }, title, line.element) };
  });
}

export function panel(title, explanation, ...children) {
  return element("section", { class: "panel card" }, element("h3", {}, title), element("p", { class: "quiet" }, explanation), ...children);
}
