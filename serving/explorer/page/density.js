// How densely images lie in the plane, as a shade behind them, so that empty space is seen.

const CELLS = 96;
const REACH = 3;
const DARKEST = 90;

// A canvas with the shade, and the part of the plane that it covers: [left, bottom, right, top].
export function densityOf(points, [low, high], colour) {
  const border = [0, 1].map((axis) => Math.max(0.15 * (high[axis] - low[axis]), 1e-6));
  const area = [low[0] - border[0], low[1] - border[1], high[0] + border[0], high[1] + border[1]];
  let counts = countsOf(points, area);
  for (let pass = 0; pass < 2; pass++) counts = blurred(counts);
  return { area, canvas: shade(counts, colour) };
}

function countsOf(points, [left, bottom, right, top]) {
  const counts = new Float32Array(CELLS * CELLS);
  for (let place = 0; place < points.length; place += 2) {
    const column = Math.floor(((points[place] - left) / (right - left)) * CELLS);
    const row = Math.floor(((top - points[place + 1]) / (top - bottom)) * CELLS);
    if (column >= 0 && column < CELLS && row >= 0 && row < CELLS) counts[row * CELLS + column] += 1;
  }
  return counts;
}

// The mean over a square around each cell; twice, it is close to that under a normal.
function blurred(counts) {
  return alongRows(alongRows(counts, 1, CELLS), CELLS, 1);
}

function alongRows(counts, step, stride) {
  const made = new Float32Array(counts.length);
  for (let line = 0; line < CELLS; line++) {
    for (let cell = 0; cell < CELLS; cell++) {
      let sum = 0;
      for (let other = Math.max(0, cell - REACH); other <= Math.min(CELLS - 1, cell + REACH); other++) {
        sum += counts[line * stride + other * step];
      }
      made[line * stride + cell * step] = sum / (2 * REACH + 1);
    }
  }
  return made;
}

function shade(counts, [red, green, blue]) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = CELLS;
  const image = new ImageData(CELLS, CELLS), densest = counts.reduce((most, count) => Math.max(most, count), 1e-9);
  counts.forEach((count, place) => image.data.set([red, green, blue, DARKEST * Math.sqrt(count / densest)], 4 * place));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}
