// The reader's own image: its code, its reconstruction, the nearest test images, and its score if the export has one.

import { choice, element } from "./dom.js";
import { blank, show, strip } from "./picture.js";
import { lines, panel } from "./regions.js";

const NEIGHBOURS = 8;

export function ownPanel(explorer) {
  if (!explorer.live) return null;
  const preview = element("img", { class: "picture", alt: "your image", hidden: true });
  const rows = lines(explorer, (pane) => answer(pane));
  const given = explorer.panes.find(({ model }) => model.about.conditional);
  const label = given ? choice("of class", given.model.classNames, "0", () => {}) : null;
  const take = async (file) => {
    if (!file) return;
    explorer.say(null);
    URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(file);
    preview.alt = `your image, ${file.name}`;
    preview.hidden = false;
    const labelOf = ({ model }) => (model.about.conditional ? Number(label.select.value) : null);
    await Promise.all(rows.map((row) => row.update(file, labelOf(row.pane)))).catch(explorer.say);
  };
  const input = element("input", { type: "file", accept: "image/png,image/jpeg,image/bmp,image/gif", change: () => take(input.files[0]) });
  const zone = element("label", { class: "drop" }, "Drop a PNG, JPEG, BMP or GIF file here, or choose one: ", input);
  dropping(zone, take);
  return panel("Your own image", "It is encoded by the exported encoder on this machine, resized as in training.",
    element("div", { class: "fields" }, zone, label, preview), rows.map((row) => row.element));
}

function dropping(zone, take) {
  const over = (on) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", on);
  };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    return take(event.dataTransfer.files[0]);
  });
}

function answer(pane) {
  const { model } = pane, place = element("div", { class: "answer" });
  const update = async (file, label) => {
    const found = await model.backend.encode(file, label), code = Float32Array.from(found.mean);
    const [picture] = await model.backend.decode([code]);
    const reconstruction = blank(), neighbours = element("div", { class: "strip" }), rows = model.nearest(code, NEIGHBOURS);
    show(reconstruction, picture, "reconstruction of your image");
    strip(neighbours, rows.map((row) => model.thumbnail(row)), rows.map((row) => `neighbour ${model.ids[row]}, class ${model.classOf(row)}`), (one) => pane.setRow(rows[one]));
    place.replaceChildren(
      element("figure", {}, reconstruction, element("figcaption", {}, "reconstruction")),
      element("figure", { class: "wide" }, neighbours, element("figcaption", {}, "nearest test images")),
      element("p", { class: "code" }, `Code: ${Array.from(code, (value) => value.toFixed(3)).join(", ")}`),
      found.score === undefined ? "" : element("p", {}, `Score: ${found.score.toFixed(3)}; above 0.5, the image is unlike those of the training.`));
    pane.step(code);
  };
  return { update, element: place };
}
