// The part of the plane that a map shows: its centre, and how many pixels a unit takes.

const MARGIN = 1.08;
const LOWEST = 0.02, HIGHEST = 500;

export class View {
  constructor(points) {
    this.bounds = boundsOf(points);
    this.size = [1, 1];
    this.fit();
  }

  get unit() {
    const [low, high] = this.bounds;
    return this.zoom * Math.min(...[0, 1].map((axis) => this.size[axis] / (MARGIN * Math.max(high[axis] - low[axis], 1e-6))));
  }

  fit() {
    const [low, high] = this.bounds;
    this.centre = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    this.zoom = 1;
  }

  // Pixels of a point of the plane; the second axis points up.
  toPixels(x, y) {
    const { unit } = this;
    return [this.size[0] / 2 + (x - this.centre[0]) * unit, this.size[1] / 2 - (y - this.centre[1]) * unit];
  }

  toPlane(left, top) {
    const { unit } = this;
    return [this.centre[0] + (left - this.size[0] / 2) / unit, this.centre[1] - (top - this.size[1] / 2) / unit];
  }

  // Zooms so that what is at a pixel stays there.
  zoomAt(left, top, factor) {
    const [x, y] = this.toPlane(left, top);
    this.zoom = Math.min(HIGHEST, Math.max(LOWEST, this.zoom * factor));
    const [nowX, nowY] = this.toPlane(left, top);
    this.centre = [this.centre[0] + x - nowX, this.centre[1] + y - nowY];
  }

  pan(right, down) {
    const { unit } = this;
    this.centre = [this.centre[0] - right / unit, this.centre[1] + down / unit];
  }

  get text() {
    return [...this.centre, this.zoom].map((value) => Number(value.toPrecision(4))).join(",");
  }

  set text(text) {
    const values = text.split(",").map(Number);
    if (values.length !== 3 || !values.every(Number.isFinite) || values[2] <= 0) return this.fit();
    this.centre = values.slice(0, 2);
    this.zoom = Math.min(HIGHEST, Math.max(LOWEST, values[2]));
  }
}

function boundsOf(points) {
  const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
  for (let place = 0; place < points.length; place++) {
    const value = points[place];
    if (value < low[place % 2]) low[place % 2] = value;
    if (value > high[place % 2]) high[place % 2] = value;
  }
  return low[0] <= high[0] ? [low, high] : [[-1, -1], [1, 1]];
}
