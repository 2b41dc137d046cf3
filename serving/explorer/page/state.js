// What the page shows, kept in the fragment of its address, so that a copied link leads to the same picture.

export class State extends EventTarget {
  #values;
  #writing = 0;

  constructor() {
    super();
    this.#read();
    window.addEventListener("hashchange", () => this.#follow());
  }

  get(name, otherwise = "") {
    return this.#values.get(name) ?? otherwise;
  }

  number(name, otherwise) {
    const value = Number(this.#values.get(name) ?? NaN);
    return Number.isFinite(value) ? value : otherwise;
  }

  // Sets values, of which empty ones are removed, and tells those who listen.
  set(values) {
    for (const [name, value] of Object.entries(values)) {
      if (value === "" || value === null || value === undefined) this.#values.delete(name);
      else this.#values.set(name, String(value));
    }
    this.#write();
    this.dispatchEvent(new CustomEvent("change", { detail: Object.keys(values) }));
  }

  on(names, listener) {
    this.addEventListener("change", (event) => {
      if (event.detail.some((name) => names.includes(name))) listener();
    });
  }

  get link() {
    return `${location.href.split("#")[0]}#${this.#values}`;
  }

  #read() {
    this.#values = new URLSearchParams(location.hash.slice(1));
  }

  // Browsers limit how often an address may change: at most a few times each second.
  #write() {
    clearTimeout(this.#writing);
    this.#writing = setTimeout(() => history.replaceState(null, "", `#${this.#values}`), 150);
  }

  // The reader has opened another address of the page, which also "follow" tells.
  #follow() {
    const before = [...this.#values.keys()];
    this.#read();
    this.dispatchEvent(new CustomEvent("change", { detail: [...new Set([...before, ...this.#values.keys()])] }));
    this.dispatchEvent(new CustomEvent("follow"));
  }
}
