// What can be taken along: the link, pictures, and the request as a command.

import { button, download, element } from "./dom.js";
import { joined } from "./picture.js";
import { panel } from "./regions.js";

const SIDE = 512;

export function sharePanel(explorer) {
  const { state, panes } = explorer, said = element("output", { class: "quiet" });
  const copy = async (text, what) => {
    await navigator.clipboard.writeText(text);
    said.textContent = `Copied ${what}.`;
  };
  const of = ({ model }) => (panes.length > 1 ? ` of ${model.name}` : "");
  const picture = (pane) => button(`Save image${of(pane)} as PNG`, () => joined([pane.picture], SIDE).toBlob((blob) => download(blob, "decoded.png")));
  const map = (pane) => button(`Save map${of(pane)} as PNG`, () => mapCanvas(pane).toBlob((blob) => download(blob, "map.png")));
  const curl = (pane) => button(`Copy request${of(pane)} as curl`, () => copy(pane.model.backend.curl([pane.code], pane.label), "the request"));
  return panel("Share", "The address of this page keeps what it shows.",
    element("div", { class: "buttons" }, button("Copy link", () => copy(state.link, "the link")),
      panes.flatMap((pane) => [picture(pane), map(pane), ...(explorer.live ? [curl(pane)] : [])])), said);
}

function mapCanvas({ map }) {
  const { width, height } = map.ground, canvas = element("canvas", { width, height }), context = canvas.getContext("2d");
  context.fillStyle = getComputedStyle(map.stage).backgroundColor;
  context.fillRect(0, 0, width, height);
  for (const layer of [map.ground, map.above]) context.drawImage(layer, 0, 0);
  return canvas;
}
