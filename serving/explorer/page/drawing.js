// What a map draws: the shade, the images as points or thumbnails, the prior's circles, the walker and the selections.

import { colourOf, ink } from "./colours.js";
import { element } from "./dom.js";

const RADII = [1, 2, 3];
const WALKER = 7;

export function drawDensity(context, view, { area, canvas }) {
  const [left, top] = view.toPixels(area[0], area[3]), [right, bottom] = view.toPixels(area[2], area[1]);
  context.imageSmoothingEnabled = true;
  context.drawImage(canvas, left, top, right - left, bottom - top);
}

// The images as squares, larger if they are few, class by class, because changing the colour takes longer than a square.
export function drawPoints(context, view, points, groups) {
  const [width, height] = view.size, size = Math.min(7, 1 + 60 / Math.sqrt(points.length / 2) + Math.log2(1 + view.zoom));
  context.globalAlpha = 0.8;
  for (const [label, rows] of groups) {
    context.fillStyle = colourOf(label);
    for (const row of rows) {
      const [left, top] = view.toPixels(points[2 * row], points[2 * row + 1]);
      if (left > -size && top > -size && left < width + size && top < height + size) {
        context.fillRect(left - size / 2, top - size / 2, size, size);
      }
    }
  }
  context.globalAlpha = 1;
}

// The thumbnails for which there is room, so that they do not cover each other.
export function drawThumbnails(context, view, points, sheet) {
  const drawn = new Map(), { width, height } = sheet;
  context.imageSmoothingEnabled = false;
  for (let row = 0; row < points.length / 2; row++) {
    const [left, top] = view.toPixels(points[2 * row], points[2 * row + 1]);
    const seen = left > -width && top > -height && left < view.size[0] + width && top < view.size[1] + height;
    if (!seen || covers(drawn, left, top, sheet)) continue;
    drawn.set(cellOf(left, top, sheet).join(), [left, top]);
    sheet.draw(context, row, left - width / 2, top - height / 2);
  }
}

function cellOf(left, top, { width, height }) {
  return [Math.floor(left / width), Math.floor(top / height)];
}

// Whether a thumbnail would cover one that is drawn, which could only be in the cells around it.
function covers(drawn, left, top, sheet) {
  const [column, row] = cellOf(left, top, sheet), near = [-1, 0, 1];
  return near.some((right) => near.some((down) => {
    const other = drawn.get(`${column + right},${row + down}`);
    return other && Math.abs(other[0] - left) < sheet.width && Math.abs(other[1] - top) < sheet.height;
  }));
}

// All thumbnails on one canvas, which is drawn from faster than from many.
export class Sheet {
  constructor(model, side) {
    const small = model.thumbnail(0), scale = side / Math.max(small.width, small.height);
    this.width = small.width * scale;
    this.height = small.height * scale;
    this.columns = Math.ceil(Math.sqrt(model.count));
    this.small = small;
    this.canvas = element("canvas", { width: this.columns * small.width, height: Math.ceil(model.count / this.columns) * small.height });
    const context = this.canvas.getContext("2d");
    for (let row = 0; row < model.count; row++) context.putImageData(model.thumbnail(row).data, ...this.#corner(row));
  }

  draw(context, row, left, top) {
    const { width, height } = this.small;
    context.drawImage(this.canvas, ...this.#corner(row), width, height, left, top, this.width, this.height);
  }

  #corner(row) {
    return [(row % this.columns) * this.small.width, Math.floor(row / this.columns) * this.small.height];
  }
}

// Circles of 1, 2 and 3 standard deviations of N(0, I) around its centre.
export function drawPrior(context, view, origin) {
  const [left, top] = view.toPixels(...origin);
  context.strokeStyle = context.fillStyle = ink("quiet");
  context.setLineDash([4, 4]);
  context.lineWidth = 1;
  context.font = "12px system-ui, sans-serif";
  for (const radius of RADII) {
    context.beginPath();
    context.arc(left, top, radius * view.unit, 0, 2 * Math.PI);
    context.stroke();
    context.fillText(`${radius}σ`, left + radius * view.unit * 0.7071 + 3, top - radius * view.unit * 0.7071 - 3);
  }
  context.setLineDash([]);
}

export function drawPolygon(context, view, polygon, colour, closed = true) {
  if (polygon.length < 2) return;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  polygon.forEach((corner, place) => (place ? context.lineTo(...view.toPixels(...corner)) : context.moveTo(...view.toPixels(...corner))));
  if (closed) context.closePath();
  context.stroke();
}

// Where the walker is: a ring with a cross that is seen on any ground.
export function drawWalker(context, view, place) {
  const [left, top] = view.toPixels(...place);
  for (const [colour, width] of [[ink("card"), 5], [ink("accent"), 2.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.arc(left, top, WALKER, 0, 2 * Math.PI);
    context.moveTo(left - 2 * WALKER, top);
    context.lineTo(left + 2 * WALKER, top);
    context.moveTo(left, top - 2 * WALKER);
    context.lineTo(left, top + 2 * WALKER);
    context.stroke();
  }
}

export function drawRing(context, view, place) {
  const [left, top] = view.toPixels(...place);
  context.strokeStyle = ink("ink");
  context.lineWidth = 2;
  context.strokeRect(left - 6, top - 6, 12, 12);
}
