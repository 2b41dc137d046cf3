// The models, from the server that sent this page, or from the page itself if it was exported.

import { Frozen } from "./frozen.js";
import { Model, readArrays } from "./model.js";
import { Server } from "./server.js";

export async function load() {
  const frozen = document.getElementById("frozen");
  return frozen ? thaw(JSON.parse(frozen.textContent)) : ask();
}

async function ask() {
  const answer = await fetch("models.json");
  if (!answer.ok) throw new Error(`The server answers ${answer.status}.`);
  return Promise.all((await answer.json()).map(async (description, place) => {
    const base = `models/${place}`;
    return new Model(description, await readArrays(base, description.arrays), new Server(base, description.about.image_shape));
  }));
}

function thaw(descriptions) {
  return Promise.all(descriptions.map((description) => Frozen.model(description)));
}
