// Regions of the plane that a reader has drawn.

const MAX_CORNERS = 60;

export function inside(polygon, x, y) {
  let within = false;
  for (let corner = 0, last = polygon.length - 1; corner < polygon.length; last = corner++) {
    const [ax, ay] = polygon[corner], [bx, by] = polygon[last];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) within = !within;
  }
  return within;
}

// The rows of points [n, 2] in the polygon.
export function rowsInside(points, polygon) {
  const rows = [];
  for (let row = 0; row < points.length / 2; row++) {
    if (inside(polygon, points[2 * row], points[2 * row + 1])) rows.push(row);
  }
  return rows;
}

// At most as many corners as a link should hold.
export function simplified(polygon) {
  const step = Math.max(1, Math.ceil(polygon.length / MAX_CORNERS));
  return polygon.filter((_, corner) => corner % step === 0);
}

export function toText(polygon) {
  return polygon.map((corner) => corner.map((value) => Number(value.toPrecision(4))).join(",")).join(" ");
}

export function fromText(text) {
  const polygon = text.split(" ").map((corner) => corner.split(",").map(Number));
  return polygon.every((corner) => corner.length === 2 && corner.every(Number.isFinite)) ? polygon : [];
}
