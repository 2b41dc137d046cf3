// Asks the server for what a model decodes and encodes.

import { pictures } from "./picture.js";

const RAW = "application/octet-stream";

export class Server {
  #base;
  #shape;

  constructor(base, shape) {
    this.#base = base;
    this.#shape = shape;
    this.live = true;
  }

  // Pictures of codes, of the class `label` instead of that in the codes if it is given.
  async decode(codes, label = null) {
    return this.#pictures("decode", decodeRequest(codes, label));
  }

  async sample(n, seed, temperature, label = null) {
    return this.#pictures("sample", { n, seed, temperature, label });
  }

  async resample(codes, layer, seed, temperature) {
    const answer = await this.#post("resample", { z: lists(codes), layer, seed, temperature });
    return (await answer.json()).z.map((code) => Float32Array.from(code));
  }

  async encode(file, label = null) {
    const address = `${this.#base}/encode${label === null ? "" : `?label=${label}`}`;
    return (await checked(await fetch(address, { method: "POST", body: file }))).json();
  }

  async animation(codes, label = null) {
    return (await this.#post("animation", decodeRequest(codes, label))).blob();
  }

  curl(codes, label = null) {
    const address = new URL(`${this.#base}/decode`, location.href);
    return `curl '${address}' -H 'content-type: application/json' -d '${JSON.stringify(decodeRequest(codes, label))}' -o image.png`;
  }

  async #pictures(name, request) {
    const answer = await this.#post(name, request);
    return pictures(new Uint8Array(await answer.arrayBuffer()), this.#shape);
  }

  async #post(name, request) {
    const headers = { "content-type": "application/json", accept: RAW };
    return checked(await fetch(`${this.#base}/${name}`, { method: "POST", headers, body: JSON.stringify(request) }));
  }
}

function decodeRequest(codes, label) {
  return label === null ? { z: lists(codes) } : { z: lists(codes), label };
}

function lists(codes) {
  return codes.map((code) => Array.from(code, (value) => Number(value.toPrecision(6))));
}

async function checked(answer) {
  if (answer.ok) return answer;
  const type = answer.headers.get("content-type") ?? "";
  throw new Error(type.includes("json") ? (await answer.json()).error : `The server answers ${answer.status}.`);
}
