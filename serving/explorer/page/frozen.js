// A model in an exported page: its arrays, and images that were decoded beforehand.

import { distance } from "./codes.js";
import { element } from "./dom.js";
import { Model } from "./model.js";
import { pictures } from "./picture.js";

const TYPES = { float32: Float32Array, int32: Int32Array };

export class Frozen {
  #codes;
  #pictures;

  constructor(codes, decoded, centre) {
    this.#codes = codes;
    this.#pictures = decoded;
    this.traversedFrom = centre;
    this.live = false;
  }

  static async model(description) {
    const arrays = Object.fromEntries(Object.entries(description.arrays).map(([name, array]) => [name, thawed(array)]));
    const { sheet, shape, columns } = description.thumbnails;
    arrays.thumbnails = { shape, values: await cells(sheet, shape, columns) };
    const { decoded } = description;
    const images = pictures(await cells(decoded.sheet, decoded.shape, decoded.columns), decoded.shape.slice(1));
    return new Model(description, arrays, new Frozen(rowsOf(thawed(description.codes)), images, arrays.centre.values));
  }

  // The images of those codes that were decoded beforehand and are nearest.
  async decode(codes) {
    return codes.map((code) => {
      let best = 0, least = Infinity;
      this.#codes.forEach((known, place) => {
        const away = distance(known, code);
        if (away < least) [best, least] = [place, away];
      });
      return this.#pictures[best];
    });
  }
}

function thawed({ type, shape, data }) {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  return { shape, values: new TYPES[type](bytes.buffer) };
}

function rowsOf({ shape, values }) {
  return Array.from({ length: shape[0] }, (_, row) => values.subarray(row * shape[1], (row + 1) * shape[1]));
}

// The pixels [n, height, width, channels] of the cells of a sheet.
async function cells(address, [count, height, width, channels], columns) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = element("canvas", { width: image.width, height: image.height }), context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  const values = new Uint8Array(count * height * width * channels);
  for (let cell = 0; cell < count; cell++) {
    const { data } = context.getImageData((cell % columns) * width, Math.floor(cell / columns) * height, width, height);
    for (let place = 0; place < width * height; place++) {
      for (let channel = 0; channel < channels; channel++) {
        values[(cell * width * height + place) * channels + channel] = data[4 * place + channel];
      }
    }
  }
  return values;
}
