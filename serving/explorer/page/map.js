// The map: the images in the plane on one canvas, and on another above it what changes while one walks.

import { ink, onSchemeChange } from "./colours.js";
import { densityOf } from "./density.js";
import { element } from "./dom.js";
import { drawDensity, drawPoints, drawPolygon, drawPrior, drawRing, drawThumbnails, drawWalker, Sheet } from "./drawing.js";
import { Gestures } from "./gestures.js";
import { View } from "./view.js";

const THUMBNAIL = 28;
const NEAR = 14;

// Dispatches "walk" with a place, "hover" with a row or -1 and pixels, "region" with a polygon, and "view".
export class Map2D extends EventTarget {
  #sheet = null;
  #drawn = { ground: false, above: false };

  constructor(model) {
    super();
    this.model = model;
    this.groups = groupsOf(model);
    this.asImages = false;
    this.walker = null;
    this.hovered = -1;
    this.region = "region1";
    this.regions = [];
    this.sketch = [];
    this.ground = element("canvas", { "aria-hidden": "true" });
    this.above = element("canvas", { tabindex: 0, role: "application", class: "above", "aria-label": this.#label });
    this.stage = element("div", { class: "stage" }, this.ground, this.above);
    this.gestures = new Gestures(this);
    new ResizeObserver(() => this.#resize()).observe(this.stage);
    onSchemeChange(() => this.show(this.projection));
  }

  get #label() {
    return `Map of ${this.model.count} test images. Arrow keys walk, plus and minus zoom, 0 shows all, Enter goes to the nearest image.`;
  }

  show(projection, viewText = "") {
    this.projection = projection;
    this.view = new View(projection.points);
    if (viewText) this.view.text = viewText;
    this.density = densityOf(projection.points, this.view.bounds, ink("accent-rgb").split(",").map(Number));
    this.#resize();
  }

  set images(asImages) {
    this.asImages = asImages;
    if (asImages) this.#sheet ??= new Sheet(this.model, THUMBNAIL);
    this.redraw();
  }

  // The row nearest to a pixel, if it is near enough; -1 if there is none.
  rowAt(left, top, reach = NEAR) {
    const { points } = this.projection, [x, y] = this.view.toPlane(left, top);
    let best = -1, least = (reach / this.view.unit) ** 2;
    for (let row = 0; row < points.length / 2; row++) {
      const away = (points[2 * row] - x) ** 2 + (points[2 * row + 1] - y) ** 2;
      if (away < least) [best, least] = [row, away];
    }
    return best;
  }

  place(row) {
    return [this.projection.points[2 * row], this.projection.points[2 * row + 1]];
  }

  moved() {
    this.redraw();
    this.dispatchEvent(new CustomEvent("view"));
  }

  // Draws everything before the next frame.
  redraw() {
    this.#draw("ground", this.ground, (context) => this.#drawGround(context));
    this.redrawAbove();
  }

  redrawAbove() {
    this.#draw("above", this.above, (context) => this.#drawAbove(context));
  }

  #draw(layer, canvas, draw) {
    if (this.#drawn[layer] || !this.projection) return;
    this.#drawn[layer] = true;
    requestAnimationFrame(() => {
      this.#drawn[layer] = false;
      const context = canvas.getContext("2d"), scale = canvas.width / this.view.size[0];
      context.setTransform(scale, 0, 0, scale, 0, 0);
      context.clearRect(0, 0, ...this.view.size);
      draw(context);
    });
  }

  #drawGround(context) {
    drawDensity(context, this.view, this.density);
    if (this.asImages) drawThumbnails(context, this.view, this.projection.points, this.#sheet);
    else drawPoints(context, this.view, this.projection.points, this.groups);
    if (this.projection.origin) drawPrior(context, this.view, this.projection.origin);
  }

  #drawAbove(context) {
    for (const [polygon, colour] of this.regions) drawPolygon(context, this.view, polygon, ink(colour));
    drawPolygon(context, this.view, this.sketch, ink("ink"), false);
    if (this.hovered >= 0) drawRing(context, this.view, this.place(this.hovered));
    if (this.walker) drawWalker(context, this.view, this.walker);
  }

  #resize() {
    const { clientWidth, clientHeight } = this.stage, scale = window.devicePixelRatio || 1;
    if (!this.view || !clientWidth) return;
    this.view.size = [clientWidth, clientHeight];
    for (const canvas of [this.ground, this.above]) {
      canvas.width = Math.round(clientWidth * scale);
      canvas.height = Math.round(clientHeight * scale);
    }
    this.redraw();
  }
}

function groupsOf(model) {
  const groups = new Map();
  model.labels.forEach((label, row) => (groups.has(label) ? groups.get(label).push(row) : groups.set(label, [row])));
  return [...groups].sort(([a], [b]) => a - b);
}
