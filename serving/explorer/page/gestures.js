// Pointer, wheel and keys on a map. A drag walks, pans or draws a region; two fingers zoom and pan.

import { simplified } from "./lasso.js";

const WHEEL = 0.0015;
const KEY_ZOOM = 1.25;
const KEY_STEPS = 40;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Gestures {
  #map;
  #pointers = new Map();

  constructor(map) {
    this.#map = map;
    this.mode = "walk";
    const on = (type, listener, options) => map.above.addEventListener(type, listener.bind(this), options);
    on("pointerdown", this.#down);
    on("pointermove", this.#move);
    on("pointerup", this.#up);
    on("pointercancel", this.#up);
    on("pointerleave", () => this.#hover(-1));
    on("wheel", this.#wheel, { passive: false });
    on("keydown", this.#key);
  }

  #pixel(event) {
    const box = this.#map.above.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  get #doing() {
    return this.#panning ? "pan" : this.mode;
  }

  #panning = false;

  #down(event) {
    const pixel = this.#pixel(event);
    this.#map.above.setPointerCapture(event.pointerId);
    this.#pointers.set(event.pointerId, pixel);
    this.#panning = event.shiftKey || event.button === 1 || this.#pointers.size > 1;
    this.#map.sketch = [];
    if (this.#doing === "walk") this.#walk(pixel);
    if (this.#doing === "lasso") this.#map.sketch = [this.#map.view.toPlane(...pixel)];
  }

  #move(event) {
    const pixel = this.#pixel(event), before = this.#pointers.get(event.pointerId);
    if (!before) return this.#hover(this.#map.rowAt(...pixel), pixel);
    this.#pointers.set(event.pointerId, pixel);
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, before, pixel);
    else if (this.#doing === "walk") this.#walk(pixel);
    else if (this.#doing === "lasso") this.#extend(pixel);
    else this.#pan(before, pixel);
  }

  #up(event) {
    this.#pointers.delete(event.pointerId);
    const { sketch } = this.#map;
    if (sketch.length > 2 && event.type === "pointerup") this.#send("region", { polygon: simplified(sketch) });
    this.#map.sketch = [];
    this.#map.redrawAbove();
  }

  #walk(pixel) {
    this.#hover(-1);
    this.#send("walk", { place: this.#map.view.toPlane(...pixel), pixel, start: performance.now() });
  }

  #extend(pixel) {
    this.#map.sketch.push(this.#map.view.toPlane(...pixel));
    this.#map.redrawAbove();
  }

  #pan(before, pixel) {
    this.#map.view.pan(pixel[0] - before[0], pixel[1] - before[1]);
    this.#map.moved();
  }

  #pinch(id, before, pixel) {
    const [, other] = [...this.#pointers].find(([key]) => key !== id);
    const apart = (point) => Math.hypot(point[0] - other[0], point[1] - other[1]) || 1;
    const middle = [0, 1].map((axis) => (pixel[axis] + other[axis]) / 2);
    this.#map.view.zoomAt(...middle, apart(pixel) / apart(before));
    this.#pan([0, 1].map((axis) => (before[axis] + other[axis]) / 2), middle);
  }

  #wheel(event) {
    event.preventDefault();
    this.#map.view.zoomAt(...this.#pixel(event), Math.exp(-WHEEL * event.deltaY));
    this.#map.moved();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = this.#map, middle = view.size.map((length) => length / 2);
    if (STEPS[event.key]) this.#send("step", { step: STEPS[event.key].map((way) => (way * Math.min(...view.size)) / view.unit / KEY_STEPS) });
    else if (event.key === "+" || event.key === "=") view.zoomAt(...middle, KEY_ZOOM);
    else if (event.key === "-") view.zoomAt(...middle, 1 / KEY_ZOOM);
    else if (event.key === "0") view.fit();
    else if (event.key === "Enter") this.#send("snap", {});
    else return;
    event.preventDefault();
    this.#map.moved();
  }

  #hover(row, pixel = [0, 0]) {
    if (row === this.#map.hovered) return;
    this.#map.hovered = row;
    this.#map.redrawAbove();
    this.#send("hover", { row, pixel });
  }

  #send(name, detail) {
    this.#map.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
