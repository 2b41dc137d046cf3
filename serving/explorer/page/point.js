// The point: the image that is decoded where the walker stands, and the test image that is nearest.

import { button, element } from "./dom.js";
import { facts } from "./hover.js";
import { blank, show } from "./picture.js";

export function point(pane, explorer) {
  const { model } = pane;
  const decoded = blank("decoded image", "large"), nearest = blank("", "large");
  const about = element("div"), said = element("p", { class: "visually-hidden", role: "status" });
  const end = (name) => button(`Set as ${name.toUpperCase()}`, () => explorer.state.set({ [name]: model.ids[pane.nearestRow] }));
  pane.addEventListener("picture", () => show(decoded, pane.picture, `image decoded at ${describe(pane)}`));
  pane.addEventListener("code", () => {
    const row = pane.nearestRow;
    show(nearest, model.thumbnail(row), `nearest test image, ${model.ids[row]}`);
    about.replaceChildren(facts(model, row));
    said.textContent = `${describe(pane)}; the nearest test image is ${model.ids[row]}, class ${model.classOf(row)}`;
  });
  return element("section", { class: "point" },
    element("div", { class: "pictures" },
      element("figure", {}, decoded, element("figcaption", {}, "decoded here")),
      element("figure", {}, nearest, element("figcaption", {}, "nearest test image"))),
    about,
    element("div", { class: "buttons" }, button("Go to it", () => pane.setRow(pane.nearestRow)), end("a"), end("b")),
    said);
}

function describe({ map, model, code }) {
  if (model.inferred > 2) return `${map.walker.map((value) => value.toFixed(2)).join(", ")} on the map`;
  return `code ${Array.from(code.subarray(0, model.inferred), (value) => value.toFixed(2)).join(", ")}`;
}
