// Keeps what is typed into an item's form on the server, and says who else has the item open.
//
// What the browser would send is compared every second: rich-text editors, search boxes and date pickers change their
// fields in silence. Nothing is stored in the browser, where the next person at this desk could read it.
const TICK = 1_000, PAUSE = 3_000, AT_MOST = 5_000, RETRY = 10_000, BEAT = 30_000, PATIENCE = 15_000;
// The most that browsers send from a page that is being closed (Fetch standard, “inflight keepalive bytes”), and a margin.
const LAST_WORDS = 60_000;

function start(bar, form) {
  const { autosave: address, person, noConnection, opened } = bar.dataset;
  const value = (name) => form.elements.namedItem(name)?.value ?? "";

  // The author's own fields: rows below the form (their names have a dash) are put in order, not typed.
  const typed = () =>
    JSON.stringify(
      [...new FormData(form)].filter(
        ([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken" && !name.includes("-"),
      ),
    );

  // As it is saved, if that is known; as the server has it.
  let saved = opened ? null : typed();
  let kept = opened === "rejected" ? null : typed();
  let touched = opened === "rejected";
  let changedAt = 0, sentAt = 0, answeredAt = 0, leavingUntil = 0;
  let problem = 0; // the status of an answer that was none of the expected; -1 for no answer
  let busy = null;

  const leaving = () => Date.now() < leavingUntil;
  const leave = () => (leavingUntil = Date.now() + PATIENCE);

  function say(text, notes) {
    const line = bar.querySelector("[data-kept]");
    if (line.textContent !== text) line.textContent = text;
    bar.classList.toggle("kept--not", problem !== 0);
    bar.querySelector("[data-sign-in]").hidden = problem !== 401;
    if (!notes) return;
    const list = bar.querySelector("[data-notes]");
    const same = [...list.children].map((item) => item.textContent).join() === notes.join();
    if (same && answeredAt) return; // the first answer is announced in any case
    list.replaceChildren(...notes.map((note) => Object.assign(document.createElement("li"), { textContent: note })));
  }

  async function ask(method, body, last = false) {
    const token = form.elements.namedItem("csrfmiddlewaretoken").value;
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      const response = await fetch(address, { method, body, headers, keepalive: last, signal });
      const spoken = response.headers.get("Content-Type")?.startsWith("application/json");
      return { status: response.status, answer: spoken ? await response.json() : null };
    } catch {
      return { status: -1, answer: null };
    }
  }

  // Who signs in anew gets a new token against forged requests; every form of this page has to send that one.
  async function renewed() {
    const { status, answer } = await ask("GET");
    if (status !== 200) return { status, answer };
    document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = answer.token));
    return null;
  }

  function message(now, left = false) {
    const fields = now === kept ? undefined : now === saved ? [] : JSON.parse(now);
    return JSON.stringify({ person, left, form_key: value("form_key"), seen: value("seen"), typed: fields });
  }

  async function send() {
    const now = typed();
    sentAt = Date.now();
    let got = await ask("POST", message(now));
    if (got.status === 403 && !got.answer) got = (await renewed()) ?? (await ask("POST", message(now)));
    problem = got.status === 200 ? 0 : got.status;
    if (problem === 0) kept = now;
    say(got.answer?.kept ?? got.answer?.message ?? noConnection, got.answer?.notes);
    if (problem === 0) answeredAt = Date.now();
  }

  const beat = () => (busy ??= send().finally(() => (busy = null)));

  function tick() {
    const now = typed(), time = Date.now();
    if (!touched) {
      // Scripts put their fields in order after loading; that is nobody's typing.
      kept = now;
      saved = saved && now;
    }
    changedAt = now === kept ? 0 : changedAt || time;
    if (leaving() || busy) return;
    const rest = problem ? RETRY : changedAt ? AT_MOST : BEAT;
    const wanted = changedAt ? time - changedAt >= PAUSE : document.visibilityState === "visible";
    if (wanted && time - sentAt >= rest) beat();
  }

  for (const event of ["pointerdown", "keydown", "input", "paste", "drop"]) {
    form.addEventListener(event, () => (touched = true), { capture: true });
  }
  setInterval(tick, TICK);
  beat();

  // ── Coming back and leaving ──
  for (const event of ["online", "focus"]) window.addEventListener(event, beat);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leavingUntil = 0;
  });
  document.addEventListener("visibilitychange", () => {
    // A hidden tab may be ended without another word; a sign of life from one that is closing would come too late.
    if (!leaving() && (document.visibilityState === "visible" || typed() !== kept)) beat();
  });
  window.addEventListener("pagehide", () => {
    if (leaving()) return;
    const last = message(typed(), true);
    ask("POST", new Blob([last]).size < LAST_WORDS ? last : message(kept, true), true);
  });
  window.addEventListener("beforeunload", (event) => {
    if (problem && !leaving() && typed() !== kept) event.preventDefault();
  });

  // A form that is sent without a connection or a session is lost, so it is not sent before there is an answer. One
  // that arrives before the last words that were on their way to be kept would have them offered again.
  form.addEventListener("submit", async (event) => {
    const certain = !busy && !problem && Date.now() - answeredAt < 2 * BEAT;
    if (leaving() || certain) return leave();
    event.preventDefault();
    await beat();
    if (problem === -1 || problem === 401 || problem >= 500) return;
    leave();
    form.requestSubmit(event.submitter);
  });
  document.querySelector("form[data-discard]")?.addEventListener("submit", leave);
}

const bar = document.querySelector("[data-autosave]");
if (bar) start(bar, bar.closest("form"));
