// A model with its test images: what evaluate kept, and what decodes and encodes.

import { quantile, smallest } from "./codes.js";
import { Picture } from "./picture.js";

const TAIL = 0.025;

export class Model {
  #rows;
  #quantiles = new Map();

  constructor({ name, about, ids, abilities }, arrays, backend) {
    Object.assign(this, { name, about, ids, abilities, arrays, backend });
    this.codeDim = about.code_dim;
    this.inferred = about.inferred_dim;
    this.count = ids.length;
    this.labels = arrays.labels.values;
    this.#rows = new Map(ids.map((id, row) => [id, row]));
  }

  code(row) {
    return this.arrays.mean.values.subarray(row * this.codeDim, (row + 1) * this.codeDim);
  }

  codes(rows) {
    return Array.from(rows, (row) => this.code(row));
  }

  get centre() {
    return this.arrays.centre.values;
  }

  thumbnail(row) {
    const { values, shape } = this.arrays.thumbnails;
    const size = shape[1] * shape[2] * shape[3];
    return new Picture(values.subarray(row * size, (row + 1) * size), shape.slice(1));
  }

  rowOf(id) {
    return this.#rows.get(id) ?? -1;
  }

  className(label) {
    return label < 0 ? "unknown" : this.about.classes[label] ?? String(label);
  }

  get classNames() {
    return this.about.classes.map((name, label) => [String(label), name]);
  }

  classOf(row) {
    return this.className(this.labels[row]);
  }

  rowsOfClass(label) {
    return [...this.labels.keys()].filter((row) => this.labels[row] === label);
  }

  // The rows whose codes are nearest to a code, in the dimensions that are inferred from images.
  nearest(code, count) {
    return smallest(this.#distances(code), count);
  }

  nearestRow(code) {
    const distances = this.#distances(code);
    let best = 0;
    for (let row = 1; row < distances.length; row++) if (distances[row] < distances[best]) best = row;
    return best;
  }

  #distances(code) {
    const { values } = this.arrays.mean, distances = new Float32Array(this.count);
    for (let row = 0; row < this.count; row++) {
      for (let place = 0, start = row * this.codeDim; place < this.inferred; place++) {
        distances[row] += (values[start + place] - code[place]) ** 2;
      }
    }
    return distances;
  }

  // Dimensions in the order of how much they tell about an image, most first, without those of a class.
  get dimensions() {
    const scores = this.arrays.information.values.subarray(0, this.codeDim - this.about.class_dim);
    return [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
  }

  // The interval that holds 95 % of the codes of images in one dimension.
  interval(dimension) {
    if (!this.#quantiles.has(dimension)) {
      const values = Float32Array.from(this.ids, (_, row) => this.code(row)[dimension]).sort();
      this.#quantiles.set(dimension, [quantile(values, TAIL), quantile(values, 1 - TAIL)]);
    }
    return this.#quantiles.get(dimension);
  }

  // The layer of a dimension, from 0 at the bottom.
  layerOf(dimension) {
    let end = 0;
    for (const [layer, size] of Object.values(this.about.layers).entries()) {
      end += size;
      if (dimension < end) return layer;
    }
    return 0;
  }

  // The numbers of an image, as texts: [title, value, unit].
  terms(row) {
    return this.about.terms.map(({ name, title, unit, decimals }) => {
      const value = this.arrays[`terms/${name}`].values[row];
      return [title, Number.isFinite(value) ? value.toFixed(decimals) : "–", unit];
    });
  }
}

const TYPES = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array };

export async function readArrays(base, layout) {
  const read = async ([name, { type, shape }]) => {
    const answer = await fetch(`${base}/arrays/${name}`);
    if (!answer.ok) throw new Error(`${name}: the server answers ${answer.status}.`);
    return [name, { shape, values: new TYPES[type](await answer.arrayBuffer()) }];
  };
  return Object.fromEntries(await Promise.all(Object.entries(layout).map(read)));
}
