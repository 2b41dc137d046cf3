// Work of which only the newest request counts: one is under way, and of those that wait, the last is next.

export class Latest {
  #work;
  #busy = false;
  #waiting = null;

  constructor(work) {
    this.#work = work;
  }

  async run(...request) {
    this.#waiting = request;
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#waiting) {
        const next = this.#waiting;
        this.#waiting = null;
        await this.#work(...next);
      }
    } finally {
      this.#busy = false;
    }
  }
}
