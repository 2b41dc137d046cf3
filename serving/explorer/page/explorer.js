// All models beside each other, linked by the ids of their test images.

import { colourOf, onSchemeChange } from "./colours.js";
import { element } from "./dom.js";
import { hoverCard } from "./hover.js";
import { Pane } from "./pane.js";
import { blank, show } from "./picture.js";
import { point } from "./point.js";
import { readRegion, REGIONS, writeRegion } from "./regions.js";
import { sliders } from "./sliders.js";
import { toolbar } from "./toolbar.js";

const REGION_COLOURS = { region1: "first", region2: "second" };

export class Explorer {
  constructor(models, state) {
    this.state = state;
    this.panes = models.map((model, place) => new Pane(model, state, place));
    for (const pane of this.panes) this.#link(pane);
    state.on(REGIONS.map(([name]) => name), () => this.#drawRegions());
  }

  get live() {
    return this.panes.every(({ model }) => model.backend.live);
  }

  region(name) {
    return readRegion(this, this.state.get(name));
  }

  // The id of one end of an interpolation: that which the reader set, or else a first image, or one of another class.
  end(name) {
    const { model } = this.panes[0], chosen = this.state.get(name);
    if (model.rowOf(chosen) >= 0) return chosen;
    if (name === "a") return model.ids[0];
    const other = model.labels.findIndex((label) => label !== model.labels[0]);
    return model.ids[other < 0 ? model.count - 1 : other];
  }

  start() {
    for (const pane of this.panes) pane.start();
    this.#drawRegions();
  }

  #link(pane) {
    const others = this.panes.filter((other) => other !== pane);
    pane.addEventListener("step", () => {
      if (!others.length) return;
      const id = pane.model.ids[pane.nearestRow];
      for (const other of others) {
        const row = other.model.rowOf(id);
        if (row >= 0) other.setCode(other.model.code(row).slice());
      }
    });
    pane.map.addEventListener("hover", ({ detail: { row } }) => {
      for (const { map, model } of others) {
        map.hovered = row < 0 ? -1 : model.rowOf(pane.model.ids[row]);
        map.redrawAbove();
      }
    });
    pane.map.addEventListener("region", ({ detail: { polygon } }) => this.state.set({ [pane.map.region]: writeRegion(pane, polygon) }));
    pane.addEventListener("map", () => this.#drawRegions());
  }

  #drawRegions() {
    for (const pane of this.panes) {
      pane.map.regions = REGIONS.flatMap(([name]) => {
        const region = this.region(name);
        const here = region?.pane === pane && region.name === pane.mapName && region.dims === pane.dims.join(",");
        return here ? [[region.polygon, REGION_COLOURS[name]]] : [];
      });
      pane.map.redrawAbove();
    }
  }
}

// The part of the page that shows one model.
export function paneView(pane, explorer) {
  const { model } = pane, { about } = model;
  const many = model.count.toLocaleString("en"), all = about.test_images.toLocaleString("en");
  const sample = model.count < about.test_images ? `${many} of ${all} test images, drawn with seed ${about.seed}` : `${many} test images`;
  const prior = about.standard_normal_prior ? "the prior" : `N(0, I), for scale; images are sampled from ${about.prior}`;
  pane.map.stage.append(inset(pane), hoverCard(pane));
  return element("article", { class: "pane" },
    explorer.panes.length > 1 ? element("h2", {}, model.name) : null, element("p", { class: "quiet" }, `${about.source}: ${sample}`),
    element("div", { class: "map card" }, toolbar(pane), pane.map.stage, legend(model),
      element("p", { class: "quiet" }, `Dashed circles: 1, 2 and 3 standard deviations of ${prior}. Shade: density of the images.`)),
    element("div", { class: "card" }, point(pane, explorer), sliders(pane)));
}

// On a narrow screen, the decoded image is below the map: here it is in a corner of it too.
function inset(pane) {
  const canvas = blank("decoded image", "inset");
  pane.addEventListener("picture", () => show(canvas, pane.picture, "decoded image"));
  return canvas;
}

function legend(model) {
  const list = element("ul", { class: "legend" });
  const fill = () => list.replaceChildren(...model.about.classes.slice(0, 40).map((name, label) => {
    const swatch = element("span", { class: "swatch" });
    swatch.style.background = colourOf(label);
    return element("li", {}, swatch, name);
  }));
  fill();
  onSchemeChange(fill);
  return list;
}
