// Starts the page.

import { betweenPanel } from "./between.js";
import { classPanel, generatePanel, resamplePanel } from "./generate.js";
import { element } from "./dom.js";
import { Explorer, paneView } from "./explorer.js";
import { load } from "./loading.js";
import { ownPanel } from "./own.js";
import { selectionPanel } from "./selection.js";
import { sharePanel } from "./share.js";
import { State } from "./state.js";
import { towardsPanel } from "./towards.js";

const PANELS = [selectionPanel, classPanel, betweenPanel, towardsPanel, generatePanel, resamplePanel, ownPanel, sharePanel];

const main = document.getElementById("explorer");
const alert = element("p", { class: "alert card", role: "alert", hidden: true });

function say(error) {
  alert.hidden = !error;
  alert.textContent = error ? String(error.message ?? error) : "";
}

window.addEventListener("unhandledrejection", (event) => say(event.reason));
window.addEventListener("error", (event) => say(event.message));

async function start() {
  const explorer = new Explorer(await load(), new State());
  explorer.say = say;
  for (const pane of explorer.panes) pane.addEventListener("step", () => say(null));
  const panes = explorer.panes.map((pane) => paneView(pane, explorer));
  const names = explorer.panes.map(({ model }) => model.name);
  document.title = `${names.join(" and ")}: latent space`;
  main.replaceChildren(
    element("h1", {}, "Latent space of ", names.join(" and ")), alert,
    element("div", { class: "panes", "data-panes": String(panes.length) }, panes),
    element("div", { class: "panels" }, PANELS.map((make) => make(explorer)).filter(Boolean)));
  explorer.start();
  main.setAttribute("aria-busy", "false");
}

start().catch((error) => main.replaceChildren(element("p", { class: "alert card", role: "alert" }, String(error.message))));
