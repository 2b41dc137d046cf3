// The arithmetic of codes, which are Float32Arrays [code].

export function between(from, to, share) {
  return from.map((value, place) => value * (1 - share) + to[place] * share);
}

// Along the great circle through both, for the first `size` dimensions. Shoemake 1985; White 2016, "Sampling generative networks".
export function onSphere(from, to, share, size = from.length) {
  const a = from.subarray(0, size), b = to.subarray(0, size);
  const cosine = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  if (!(Math.sin(angle) > 1e-4)) return between(from, to, share);
  const code = between(from, to, share);
  const start = Math.sin((1 - share) * angle) / Math.sin(angle), end = Math.sin(share * angle) / Math.sin(angle);
  for (let place = 0; place < size; place++) code[place] = a[place] * start + b[place] * end;
  return code;
}

export function plus(code, vector, times) {
  return code.map((value, place) => value + times * vector[place]);
}

export function minus(a, b) {
  return a.map((value, place) => value - b[place]);
}

export function meanOf(codes) {
  const total = new Float64Array(codes[0].length);
  for (const code of codes) code.forEach((value, place) => { total[place] += value; });
  return Float32Array.from(total, (value) => value / codes.length);
}

// The mean distance of codes from their mean.
export function spreadOf(codes) {
  const centre = meanOf(codes);
  return codes.reduce((sum, code) => sum + Math.sqrt(distance(code, centre)), 0) / codes.length;
}

export function dot(a, b) {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += a[place] * b[place];
  return sum;
}

// The squared distance.
export function distance(a, b) {
  let sum = 0;
  for (let place = 0; place < a.length; place++) sum += (a[place] - b[place]) ** 2;
  return sum;
}

// Indices of the `count` smallest values, the smallest first.
export function smallest(values, count) {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  return order.slice(0, count);
}

export function quantile(sorted, share) {
  return sorted[Math.round(share * (sorted.length - 1))];
}

export function rounded(value) {
  return Number(value.toPrecision(4));
}
