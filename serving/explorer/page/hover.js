// What is shown of the image under the pointer: itself, its reconstruction, id, class and terms.

import { element } from "./dom.js";
import { Latest } from "./latest.js";
import { blank, show } from "./picture.js";

const GAP = 16;

export function hoverCard(pane) {
  const { model } = pane, card = element("div", { class: "hover card", hidden: true });
  const reconstruct = new Latest(async (row, canvas) => {
    const [picture] = await model.backend.decode([model.code(row)]);
    show(canvas, picture, "reconstruction");
  });
  pane.map.addEventListener("hover", ({ detail: { row, pixel } }) => {
    card.hidden = row < 0;
    if (row < 0) return;
    const image = blank(), reconstruction = blank("reconstruction");
    show(image, model.thumbnail(row), "test image");
    card.replaceChildren(element("div", { class: "pair" }, image, reconstruction), facts(model, row));
    reconstruct.run(row, reconstruction);
    beside(card, pixel, pane.map.stage);
  });
  return card;
}

// Id, class and terms of an image.
export function facts(model, row) {
  const fact = ([name, value, unit]) => [element("dt", {}, name), element("dd", { title: unit }, value)];
  const known = [["image", model.ids[row], ""], ...(model.about.classes.length ? [["class", model.classOf(row), ""]] : [])];
  return element("dl", { class: "facts" }, [...known, ...model.terms(row)].flatMap(fact));
}

function beside(card, [left, top], stage) {
  const room = stage.clientWidth - left > card.offsetWidth + GAP;
  card.style.left = `${Math.max(0, room ? left + GAP : left - card.offsetWidth - GAP)}px`;
  card.style.top = `${Math.max(0, Math.min(top, stage.clientHeight - card.offsetHeight))}px`;
}
