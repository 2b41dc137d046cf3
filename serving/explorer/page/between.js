// Interpolation between two test images: along a line, or on the sphere.

import { between, onSphere } from "./codes.js";
import { button, choice, download, element } from "./dom.js";
import { Latest } from "./latest.js";
import { blank, joined, show, strip } from "./picture.js";
import { lines, panel } from "./regions.js";

const STEPS = 11;
const FRAMES = 25;

export function betweenPanel(explorer) {
  if (!explorer.live) return null;
  const { state } = explorer;
  const way = choice("along", [["line", "a line"], ["sphere", "the sphere"]], state.get("path", "line"), (path) => state.set({ path }));
  const rows = lines(explorer, (pane) => line(pane, explorer));
  const update = () => {
    way.select.value = state.get("path", "line");
    for (const row of rows) row.update();
  };
  state.on(["a", "b", "path", "label"], update);
  update();
  return panel("Between two images", "From A to B, which are set beside the map. Click on an image to go there.",
    element("div", { class: "fields" }, way, button("Swap", () => state.set({ a: explorer.end("b"), b: explorer.end("a") }))),
    rows.map((row) => row.element));
}

function line(pane, explorer) {
  const { model } = pane, ends = { a: blank(), b: blank() }, images = element("div", { class: "strip" });
  let shown = [];
  const path = (steps) => codesBetween(pane, explorer, steps);
  const fill = new Latest(async () => {
    const codes = path(STEPS);
    shown = await pane.decode(codes);
    const texts = codes.map((_, step) => `${Math.round((100 * step) / (STEPS - 1))} % of the way from A to B`);
    strip(images, shown, texts, (step) => pane.step(codes[step]));
  });
  const update = () => {
    for (const [name, canvas] of Object.entries(ends)) {
      const row = model.rowOf(explorer.end(name));
      if (row >= 0) show(canvas, model.thumbnail(row), `${name.toUpperCase()}: ${model.ids[row]}, class ${model.classOf(row)}`);
    }
    fill.run();
  };
  const save = element("div", { class: "buttons" },
    button("Save PNG", () => joined(shown).toBlob((blob) => download(blob, "interpolation.png"))),
    button("Save GIF", async () => download(await model.backend.animation(path(FRAMES), pane.label), "interpolation.gif")));
  const end = (name) => element("figure", {}, ends[name], element("figcaption", {}, name.toUpperCase()));
  return { update, element: element("div", {}, element("div", { class: "ends" }, end("a"), images, end("b")), save) };
}

function codesBetween(pane, explorer, steps) {
  const { model } = pane, rows = ["a", "b"].map((name) => model.rowOf(explorer.end(name)));
  if (rows.some((row) => row < 0)) return [pane.code];
  const [from, to] = model.codes(rows), spherical = explorer.state.get("path") === "sphere";
  const size = model.codeDim - model.about.class_dim;
  return Array.from({ length: steps }, (_, step) => {
    const share = step / (steps - 1);
    return spherical ? onSphere(from, to, share, size) : between(from, to, share);
  });
}
