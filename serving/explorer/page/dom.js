// Elements from plain values: texts become text nodes, never markup.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(text, click, attributes = {}) {
  return element("button", { type: "button", click, ...attributes }, text);
}

// A labelled choice; `options` are [value, text].
export function choice(text, options, value, change, attributes = {}) {
  const select = element("select", { change: () => change(select.value), ...attributes });
  offer(select, options, value);
  return Object.assign(element("label", { class: "field" }, element("span", {}, text), select), { select });
}

export function offer(select, options, value) {
  select.replaceChildren(...options.map(([key, text]) => element("option", { value: key }, text)));
  select.value = value;
}

// A labelled number.
export function number(text, value, change, attributes = {}) {
  const input = element("input", {
    type: "number", value, change: () => { if (input.checkValidity() && input.value !== "") change(Number(input.value)); }, ...attributes,
  });
  return Object.assign(element("label", { class: "field" }, element("span", {}, text), input), { input });
}

export function download(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
