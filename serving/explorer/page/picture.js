// Pictures: pixels [height, width, channels] in bytes, drawn on canvases that have a text for those who cannot see them.

import { element } from "./dom.js";

export class Picture {
  constructor(pixels, [height, width, channels]) {
    this.pixels = pixels;
    this.height = height;
    this.width = width;
    this.channels = channels;
  }

  get data() {
    const { pixels, channels } = this;
    const colours = new Uint8ClampedArray(this.width * this.height * 4).fill(255);
    for (let place = 0; place < this.width * this.height; place++) {
      for (let colour = 0; colour < 3; colour++) {
        colours[4 * place + colour] = pixels[channels * place + (channels === 1 ? 0 : colour)];
      }
    }
    return new ImageData(colours, this.width, this.height);
  }
}

// Splits bytes [n, height, width, channels] into pictures.
export function pictures(bytes, shape) {
  const size = shape[0] * shape[1] * shape[2];
  return Array.from({ length: bytes.length / size }, (_, place) =>
    new Picture(bytes.subarray(place * size, (place + 1) * size), shape));
}

export function show(canvas, picture, text) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d").putImageData(picture.data, 0, 0);
  canvas.setAttribute("aria-label", text);
  canvas.title = text;
}

export function blank(text = "", name = "") {
  return element("canvas", { role: "img", "aria-label": text, class: `picture ${name}`, width: 1, height: 1 });
}

// Pictures side by side, each a button if a click on it means something.
export function strip(container, shown, texts, click = null) {
  const cells = [...container.children];
  if (cells.length !== shown.length || Boolean(click) !== (cells[0]?.tagName === "BUTTON")) {
    const cell = () => (click ? element("button", { type: "button", class: "cell" }, blank()) : element("span", { class: "cell" }, blank()));
    container.replaceChildren(...shown.map(cell));
  }
  [...container.children].forEach((cell, place) => {
    show(cell.firstChild, shown[place], texts[place]);
    if (click) cell.onclick = () => click(place);
  });
}

// The pictures in one row, each enlarged by whole multiples to about `side`.
export function joined(shown, side = 224) {
  const { width, height } = shown[0];
  const scale = Math.max(1, Math.floor(side / Math.max(width, height)));
  const canvas = element("canvas", { width: width * scale * shown.length, height: height * scale });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  shown.forEach((picture, place) => {
    const small = element("canvas");
    show(small, picture, "");
    context.drawImage(small, place * width * scale, 0, width * scale, height * scale);
  });
  return canvas;
}


// Mean and standard deviation of pictures, pixel by pixel.
export function moments(shown) {
  const { height, width, channels } = shown[0];
  const total = new Float64Array(height * width * channels);
  const squares = new Float64Array(total.length);
  for (const { pixels } of shown) {
    for (let place = 0; place < total.length; place++) {
      total[place] += pixels[place];
      squares[place] += pixels[place] ** 2;
    }
  }
  const average = total.map((value) => value / shown.length);
  const deviation = squares.map((value, place) => Math.sqrt(Math.max(0, value / shown.length - average[place] ** 2)));
  const shape = [height, width, channels];
  return [new Picture(Uint8Array.from(average, Math.round), shape), new Picture(Uint8Array.from(deviation, Math.round), shape)];
}
