// Attribute vectors: from the mean code of some images to that of others, added to the code of the walker.

import { meanOf, minus, plus } from "./codes.js";
import { choice, element, offer } from "./dom.js";
import { Latest } from "./latest.js";
import { strip } from "./picture.js";
import { lines, panel, REGIONS, rowsOf } from "./regions.js";

const TIMES = [-1, -0.5, 0, 0.5, 1, 1.5, 2];
const PAUSE = 150;

export function towardsPanel(explorer) {
  if (!explorer.live) return null;
  const { state } = explorer, fields = { from: field("from", "From"), to: field("to", "to") };
  const rows = lines(explorer, (pane) => line(pane, explorer));
  function field(name, text) {
    return choice(text, [], "", (value) => state.set({ [name]: value }));
  }
  const update = () => {
    const groups = groupsOf(explorer);
    for (const [place, [name, { select }]] of Object.entries(fields).entries()) {
      offer(select, groups, chosen(explorer, name, groups, place));
    }
    for (const row of rows) row.update();
  };
  state.on(["from", "to", "label", ...REGIONS.map(([name]) => name)], update);
  update();
  return panel("Towards", "Adds multiples of the vector from the mean of one group of images to that of another.",
    element("div", { class: "fields" }, fields.from, fields.to), rows.map((row) => row.element));
}

// The classes and the selections that there are, as [value, text].
function groupsOf(explorer) {
  const { model } = explorer.panes[0], counts = new Set(model.labels);
  const classes = model.classNames.filter(([label]) => counts.has(Number(label)));
  const regions = REGIONS.filter(([name]) => explorer.region(name));
  return [["all", "all images"], ...classes.map(([label, name]) => [`class:${label}`, name]), ...regions.map(([name, text]) => [name, `${text} selection`])];
}

function chosen(explorer, name, groups, place) {
  const value = explorer.state.get(name), values = groups.map(([key]) => key);
  return values.includes(value) ? value : values[Math.min(place, values.length - 1)];
}

function line(pane, explorer) {
  const images = element("div", { class: "strip" });
  const fill = new Latest(async () => {
    const vector = vectorOf(pane, explorer);
    const codes = TIMES.map((times) => plus(pane.code, vector, times));
    const texts = TIMES.map((times) => `plus ${times} times the vector`);
    strip(images, await pane.decode(codes), texts, (place) => pane.step(codes[place]));
  });
  let waiting = 0;
  pane.addEventListener("code", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => fill.run(), PAUSE);
  });
  const numbers = element("div", { class: "strip numbers", "aria-hidden": "true" }, TIMES.map((times) => element("span", {}, `${times}×`)));
  return { update: () => fill.run(), element: element("div", {}, images, numbers) };
}

function vectorOf(pane, explorer) {
  const groups = groupsOf(explorer);
  const [from, to] = ["from", "to"].map((name, place) => {
    const rows = rowsOfGroup(pane.model, explorer, chosen(explorer, name, groups, place));
    return rows.length ? meanOf(pane.model.codes(rows)) : pane.code;
  });
  return minus(to, from);
}

function rowsOfGroup(model, explorer, group) {
  if (group.startsWith("class:")) return model.rowsOfClass(Number(group.slice(6)));
  if (group.startsWith("region")) return rowsOf(explorer.region(group), model);
  return [...model.ids.keys()];
}
