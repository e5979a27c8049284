// Tells below the text what is wrong with it for readers, by the rules of the server.
import { make } from "editor/dialogs";

const PAUSE = 1_200;

export function watch(editor, textarea, context) {
  const { label } = context;
  const list = make("ul");
  const box = make("div", { class: "body-checks", role: "status", "aria-label": label("checks"), hidden: true }, list);
  editor.view.dom.after(box);
  let timer = 0, turn = 0, asked = null;

  function show(problems) {
    list.replaceChildren(
      ...problems.map(({ text, blocking }) =>
        make("li", { class: blocking ? "problem--blocking" : "" }, make("strong", {}, label(blocking ? "blocking" : "advice")), ` ${text}`),
      ),
    );
    box.hidden = !problems.length;
  }

  async function check() {
    const html = textarea.value, language = context.language(), now = `${language} ${html}`;
    if (now === asked || !context.token()) return;
    asked = now;
    const mine = ++turn;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": context.token() };
    try {
      const response = await fetch(context.config.check, { method: "POST", headers, body: JSON.stringify({ html, language }) });
      const answer = response.ok ? await response.json() : null;
      if (answer && mine === turn) show(answer.problems);
    } catch {
      asked = null; // without a connection nothing is told; the next change asks again
    }
  }

  editor.on("update", () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  });
  if (textarea.value) check();
}
