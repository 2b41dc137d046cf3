// Projections of codes to the plane. `codeAt` is the way back, where there is one; `place` leads from a code to the plane.

import { dot } from "./codes.js";

const TITLES = { tsne: "t-SNE", umap: "UMAP" };

// The projections of a model, by name. "dims" is of two dimensions that the reader chooses.
export function projectionNames(model) {
  const names = [];
  if (model.about.continuous) names.push(["dims", model.inferred <= 2 ? "latent plane" : "two dimensions"]);
  if (model.arrays["pca/axes"]) names.push(["pca", "PCA"]);
  for (const name of Object.keys(TITLES)) if (model.arrays[`points/${name}`]) names.push([name, TITLES[name]]);
  return names.length ? names : [["dims", "two dimensions"]];
}

// A plane shows a 2-D code best, and the principal axes any other.
export function firstProjection(model) {
  return model.inferred > 2 && model.arrays["pca/axes"] ? "pca" : projectionNames(model)[0][0];
}

export function projection(model, name, [first, second]) {
  if (name === "pca") return principal(model);
  if (name === "dims") return model.inferred === 1 ? line(model) : plane(model, first, second);
  return given(model, name);
}

function plane(model, first, second) {
  return {
    axes: [`dimension ${first}`, `dimension ${second}`],
    points: pointsBy(model, (code) => [code[first], code[second]]),
    place: (code) => [code[first], code[second]],
    codeAt: model.about.continuous ? (x, y, current) => withValues(current, [[first, x], [second, y]]) : null,
    origin: [0, 0],
  };
}

// A single dimension, with the images above each other so that they can be told apart.
function line(model) {
  const golden = 0.618034;
  return {
    axes: ["dimension 0", "no meaning: images are spread to be told apart"],
    points: pointsBy(model, (code, row) => [code[0], ((row * golden) % 1) - 0.5]),
    place: (code) => [code[0], 0],
    codeAt: (x, y, current) => withValues(current, [[0, x]]),
    origin: null,
  };
}

function principal(model) {
  const { inferred } = model, mean = model.arrays["pca/mean"].values, axes = model.arrays["pca/axes"].values;
  const [first, second] = [axes.subarray(0, inferred), axes.subarray(inferred)];
  const place = (code) => {
    const centred = code.slice(0, inferred).map((value, dimension) => value - mean[dimension]);
    return [dot(centred, first), dot(centred, second)];
  };
  const codeAt = (x, y, current) =>
    withValues(current, Array.from(mean, (value, dimension) => [dimension, value + x * first[dimension] + y * second[dimension]]));
  return {
    axes: ["first principal component", "second principal component"],
    points: pointsBy(model, place),
    place,
    codeAt: model.about.continuous ? codeAt : null,
    origin: place(new Float32Array(model.codeDim)),
  };
}

function given(model, name) {
  const points = model.arrays[`points/${name}`].values;
  const at = (row) => [points[2 * row], points[2 * row + 1]];
  const shown = [...model.ids.keys()].filter((row) => Number.isFinite(points[2 * row]));
  return {
    axes: [`${TITLES[name]}: distances and sizes mean nothing`, ""],
    points,
    place: (code) => at(nearestAmong(model, shown, code)),
    codeAt: null,
    origin: null,
  };
}

function nearestAmong(model, rows, code) {
  const order = model.nearest(code, model.count), shown = new Set(rows);
  return order.find((row) => shown.has(row));
}

function pointsBy(model, place) {
  const points = new Float32Array(2 * model.count);
  for (let row = 0; row < model.count; row++) points.set(place(model.code(row), row), 2 * row);
  return points;
}

function withValues(code, values) {
  const changed = code.slice();
  for (const [dimension, value] of values) changed[dimension] = value;
  return changed;
}
