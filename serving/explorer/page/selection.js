// What is in a region of the map: how many images, of which classes, their mean, their spread and they themselves.

import { meanOf, spreadOf } from "./codes.js";
import { button, element } from "./dom.js";
import { blank, moments, show, strip } from "./picture.js";
import { panel, REGIONS, rowsOf } from "./regions.js";

const MEMBERS = 60;

export function selectionPanel(explorer) {
  const parts = REGIONS.map(([name, text]) => selected(explorer, name, text));
  return panel("Selections", "Draw around images with Lasso 1 or Lasso 2. Click on an image to go there.", parts);
}

function selected(explorer, name, text) {
  const { state } = explorer, place = element("div", { class: "selection", "data-region": name });
  const update = async () => {
    const region = explorer.region(name);
    if (!region) return place.replaceChildren();
    const { pane, ids } = region, rows = rowsOf(region, pane.model);
    const heading = element("h4", {}, `${text} selection: ${ids.length.toLocaleString("en")} images `, button("Clear", () => state.set({ [name]: "" })));
    const spread = `mean distance of their codes from the mean code: ${spreadOf(pane.model.codes(rows)).toFixed(2)}`;
    const members = element("div", { class: "strip wrapped" });
    place.replaceChildren(heading, element("p", { class: "quiet" }, [classesOf(pane.model, rows), spread].filter(Boolean).join("; ")), averages(pane, rows), members);
    const shown = rows.slice(0, MEMBERS);
    strip(members, shown.map((row) => pane.model.thumbnail(row)), shown.map((row) => `${pane.model.ids[row]}, class ${pane.model.classOf(row)}`), (one) => pane.setRow(shown[one]));
  };
  state.on([name], update);
  explorer.panes[0].addEventListener("map", update, { once: true });
  return place;
}

function averages({ model, label }, rows) {
  const [mean, deviation] = moments(rows.map((row) => model.thumbnail(row)));
  const canvases = [["mean image", blank()], ["standard deviation", blank()], ["decoded mean code", blank()]];
  show(canvases[0][1], mean, "mean image");
  show(canvases[1][1], deviation, "standard deviation of each pixel");
  model.backend.decode([meanOf(model.codes(rows))], label).then(([picture]) => show(canvases[2][1], picture, "decoded mean code"));
  return element("div", { class: "pictures" }, canvases.map(([caption, canvas]) => element("figure", {}, canvas, element("figcaption", {}, caption))));
}

function classesOf(model, rows) {
  if (!model.about.classes.length) return "";
  const counts = new Map();
  for (const row of rows) counts.set(model.labels[row], (counts.get(model.labels[row]) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([label, count]) => `${model.className(label)}: ${count}`).join(", ");
}
