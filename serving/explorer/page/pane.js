// One model: its map, and the code at which the walker stands with the image that is decoded there.

import { rounded } from "./codes.js";
import { Latest } from "./latest.js";
import { Map2D } from "./map.js";
import { firstProjection, projection, projectionNames } from "./projections.js";

const MAX_DIMS_IN_LINK = 64;

// Dispatches "code" when the walker moved, "picture" when its image is there, and "step" when the reader moved it.
export class Pane extends EventTarget {
  #decoding = new Latest((code, start) => this.#show(code, start));

  constructor(model, state, place) {
    super();
    Object.assign(this, { model, state, place });
    this.map = new Map2D(model);
    this.picture = null;
    this.code = this.#begin();
    for (const name of ["map", "dims"]) state.on([this.key(name)], () => this.showMap());
    state.addEventListener("follow", () => this.#readCode());
    state.on(["as"], () => { this.map.images = state.get("as") === "images"; });
    state.on(["label"], () => this.#decode());
    this.#listen();
  }

  key(name) {
    return `${name}.${this.place}`;
  }

  start() {
    this.showMap(this.state.get(this.key("view")));
    this.map.images = this.state.get("as") === "images";
    this.setCode(this.code);
  }

  get mapName() {
    const name = this.state.get(this.key("map")), known = projectionNames(this.model).map(([key]) => key);
    return known.includes(name) ? name : firstProjection(this.model);
  }

  // The two dimensions of the plane: those that tell most, unless the reader chose others.
  get dims() {
    const chosen = this.state.get(this.key("dims")).split(",").map(Number);
    if (chosen.length === 2 && chosen.every((one) => one in this.model.dimensions)) return chosen;
    return this.model.inferred === 2 ? [0, 1] : [...this.model.dimensions, 0].slice(0, 2);
  }

  // The class of decoded images, if the model can be told it and the reader chose one.
  get label() {
    const { generates_classes, classes } = this.model.about, label = this.state.number("label", -1);
    return generates_classes && label >= 0 && label < classes.length ? label : null;
  }

  decode(codes) {
    return this.model.backend.decode(codes, this.label);
  }

  showMap(view = "") {
    this.map.show(projection(this.model, this.mapName, this.dims), view);
    this.map.walker = this.map.projection.place(this.code);
    this.dispatchEvent(new CustomEvent("map"));
  }

  // Moves the walker to a code, and to a place on the map if it is not that of the code.
  setCode(code, { place = null, start = performance.now() } = {}) {
    this.code = code;
    this.map.walker = place ?? this.map.projection.place(code);
    this.map.redrawAbove();
    this.#decode(start);
    this.#writeCode();
    this.dispatchEvent(new CustomEvent("code"));
  }

  setRow(row) {
    this.step(this.model.code(row).slice());
  }

  // As `setCode`, by the reader of this pane: others follow.
  step(code, options = {}) {
    this.setCode(code, options);
    this.dispatchEvent(new CustomEvent("step"));
  }

  get nearestRow() {
    return this.model.nearestRow(this.code);
  }

  #listen() {
    this.map.addEventListener("walk", ({ detail }) => this.#walk(detail.place, detail.start));
    this.map.addEventListener("step", ({ detail }) => this.#walk(this.map.walker.map((value, axis) => value + detail.step[axis])));
    this.map.addEventListener("snap", () => this.setRow(this.nearestRow));
    this.map.addEventListener("view", () => this.state.set({ [this.key("view")]: this.map.view.text }));
  }

  #walk(place, start) {
    const { codeAt } = this.map.projection;
    const nearest = () => this.model.code(this.map.rowAt(...this.map.view.toPixels(...place), Infinity)).slice();
    this.step(codeAt ? codeAt(...place, this.code) : nearest(), { place, start });
  }

  #decode(start = performance.now()) {
    this.#decoding.run(this.code, start);
  }

  async #show(code, start) {
    [this.picture] = await this.decode([code]);
    this.dispatchEvent(new CustomEvent("picture"));
    performance.clearMeasures("picture");
    performance.measure("picture", { start });
  }

  #begin() {
    return this.#writtenCode() ?? this.model.centre.slice();
  }

  #writtenCode() {
    const row = this.model.rowOf(this.state.get(this.key("image")));
    if (row >= 0) return this.model.code(row).slice();
    const values = this.state.get(this.key("z")).split(",").map(Number);
    return values.length === this.model.codeDim && values.every(Number.isFinite) ? Float32Array.from(values) : null;
  }

  #readCode() {
    const code = this.#writtenCode();
    if (code && this.#text(code) !== this.#text(this.code)) this.setCode(code);
  }

  #text(code) {
    return Array.from(code, rounded).join(",");
  }

  #writeCode() {
    const short = this.model.codeDim <= MAX_DIMS_IN_LINK;
    const image = short ? "" : this.model.ids[this.nearestRow];
    this.state.set({ [this.key("z")]: short ? this.#text(this.code) : "", [this.key("image")]: image });
  }
}
