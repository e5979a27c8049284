// What the library holds: looked up by key for what stands in a text, and chosen from by words.
import { buttons, labelled, make, open } from "editor/dialogs";

const DELAY = 250;

export class Library {
  constructor(context) {
    this.context = context;
    this.known = new Map();
    this.waiting = new Map();
  }

  async ask(parameters) {
    const response = await fetch(`${this.context.config.library}?${new URLSearchParams(parameters)}`);
    if (!response.ok) throw new Error(response.status);
    const answer = await response.json();
    for (const thing of answer.results) this.known.set(`${parameters.kind}:${thing.key}`, thing);
    return answer;
  }

  // A thing by its key; null if it is gone. All that are asked for at once cost one request.
  thing(kind, key) {
    if (this.known.has(`${kind}:${key}`)) return Promise.resolve(this.known.get(`${kind}:${key}`));
    if (!this.waiting.has(kind)) {
      const keys = new Set();
      const answer = new Promise((resolve) => setTimeout(resolve)).then(() => {
        this.waiting.delete(kind);
        return this.ask({ kind, keys: [...keys].join() });
      });
      this.waiting.set(kind, { keys, answer });
    }
    const { keys, answer } = this.waiting.get(kind);
    keys.add(key);
    return answer.then(() => this.known.get(`${kind}:${key}`) ?? null);
  }

  // Lets one be chosen. `extra(form)` may ask for more; what it returns is called for the rest of the answer.
  choose(kind, title, extra = null) {
    const { label } = this.context;
    return open(title, (form, close, dialog) => {
      dialog.classList.add("body-dialog--large");
      const box = make("input", { type: "search", autofocus: true, autocomplete: "off" });
      const list = make("div", { class: `body-dialog__things body-dialog__things--${kind}`, role: "radiogroup", "aria-label": title });
      const status = make("p", { class: "body-dialog__help", role: "status" });
      const before = make("button", { type: "button", class: "button" }, label("previous"));
      const after = make("button", { type: "button", class: "button" }, label("next"));
      form.append(
        labelled(label("searchLibrary"), box), list,
        make("div", { class: "body-dialog__pages" }, before, after, status),
      );
      let page = 1, timer = 0, turn = 0;

      const show = async () => {
        const mine = ++turn;
        let answer;
        try {
          answer = await this.ask({ kind, q: box.value, page });
        } catch {
          status.textContent = label("noAnswer");
          return;
        }
        if (mine !== turn) return;
        list.replaceChildren(...answer.results.map((thing) => option(kind, thing)));
        status.textContent = answer.results.length ? "" : label("nothingFound");
        before.hidden = page === 1;
        after.hidden = !answer.more;
      };
      const turnTo = (number) => {
        page = number;
        show();
      };
      before.addEventListener("click", () => turnTo(page - 1));
      after.addEventListener("click", () => turnTo(page + 1));
      box.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(() => turnTo(1), DELAY);
      });
      show();

      const rest = extra?.(form, () => this.known.get(`${kind}:${new FormData(form).get("thing")}`));
      buttons(form, close, { submit: label("insert"), cancel: label("cancel") });
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const key = new FormData(form).get("thing");
        if (key) close({ key, ...rest?.() });
        else status.textContent = label("choose");
      });
      list.addEventListener("dblclick", () => form.requestSubmit());
    });
  }
}

function option(kind, { key, title, thumbnail, note }) {
  const input = make("input", { type: "radio", name: "thing", value: key });
  const picture = kind === "picture" ? make("img", { src: thumbnail, alt: "", loading: "lazy" }) : null;
  return make("label", {}, input, picture, make("span", {}, title), note ? make("small", {}, note) : null);
}
