// The examination: what is typed is saved as it is typed, for whoever goes on with it on another computer.
// A form with data-draft="<address>" sends its words after a pause; somebody else's newer version is never
// overwritten (409): both are shown, and the person chooses. Steps fold when they are handed in.
import { clock } from "./ward-clock.js";

const PAUSE = 700;
const AGAIN = 5000;
const LONGEST = 15_000; // for an answer; then it is sent again
const words = document.getElementById("draft-words")?.dataset ?? {};
const timers = new Map();
const saving = new Map(); // a form → how the save that is under way is given up
const typedOn = new WeakMap(); // the number of the draft that a form's words were typed upon, whatever the page says since
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const isKept = (field) => field.name && field.name !== "csrfmiddlewaretoken" && !["submit", "button", "hidden", "file"].includes(field.type);

// ── what is typed ──────────────────────────────────────────────────────────────────────────────────
function contentOf(form) {
  const content = {};
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    if (field.type === "checkbox") (content[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else if (field.type === "radio") content[field.name] = field.checked ? field.value : (content[field.name] ?? "");
    else content[field.name] = field.value;
  }
  return content;
}

function fill(form, content) {
  for (const field of form.elements) {
    if (!isKept(field) || !(field.name in content)) continue;
    const value = content[field.name];
    if (field.type === "checkbox") field.checked = [value].flat().includes(field.value);
    else if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
  }
}

function state(form, text) {
  const line = form.querySelector("[data-draft-state]");
  if (line) line.replaceChildren(text);
}

const numberOf = (form) => typedOn.get(form) ?? Number(form.dataset.draftNumber || 0);

// Given up for another version: a refresh may fill the fields again.
function release(form) {
  typedOn.delete(form);
  for (const field of form.elements) field.removeAttribute("data-touched");
}

// One after the other: each is typed upon the one before.
async function save(form) {
  timers.delete(form);
  if (!form.isConnected) return;
  if (saving.has(form)) return soon(form);
  const giveUp = new AbortController();
  saving.set(form, giveUp);
  state(form, words.saving);
  const answer = await post(form, giveUp.signal);
  if (giveUp.signal.aborted) return; // it was handed in meanwhile
  saving.delete(form);
  if (answer?.status === 409) return conflict(form, answer.told);
  if (answer?.status !== 200) return later(form);
  typedOn.set(form, answer.told.number);
  state(form, words.saved.replace("%(time)s", clock(answer.told.saved_at)));
}

async function post(form, signal) {
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify({ number: numberOf(form), content: contentOf(form) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]),
    });
    return { status: answer.status, told: await answer.json() };
  } catch {
    return null; // nobody answered, or not as agreed
  }
}

function soon(form, pause = PAUSE) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), pause));
}

function giveUpSaving(form) {
  clearTimeout(timers.get(form));
  timers.delete(form);
  saving.get(form)?.abort();
  saving.delete(form);
}

function later(form) {
  state(form, words.unsaved);
  if (!timers.has(form)) soon(form, AGAIN);
}

function conflict(form, theirs) {
  const line = form.querySelector("[data-draft-state]");
  if (!line) return;
  const choice = (word, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary btn-sm", textContent: word });
    button.addEventListener("click", act);
    return button;
  };
  const settled = () => {
    line.classList.remove("is-conflict");
    line.removeAttribute("data-keep");
  };
  const mine = choice(words.mine, () => {
    typedOn.set(form, theirs.number);
    settled();
    save(form);
  });
  const other = choice(words.theirs, () => {
    settled();
    fill(form, theirs.content);
    release(form);
    form.dataset.draftNumber = theirs.number;
    state(form, words.saved.replace("%(time)s", clock(theirs.saved_at)));
  });
  line.classList.add("is-conflict");
  line.setAttribute("data-keep", ""); // no refresh takes the choice away
  line.replaceChildren(theirs.sentence, " ", mine, " ", other);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft || !isKept(event.target)) return;
  if (!typedOn.has(form)) typedOn.set(form, numberOf(form));
  soon(form);
});
document.addEventListener("visibilitychange", () => document.hidden && saveAll([...timers].filter(([form]) => !saving.has(form))));
window.addEventListener("pagehide", () => saveAll([...timers]));

function saveAll(begun) {
  for (const [form, timer] of begun) {
    clearTimeout(timer);
    const body = JSON.stringify({ number: numberOf(form), content: contentOf(form) });
    fetch(form.dataset.draft, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((kept) => kept && typedOn.set(form, kept.number))
      .catch(() => null);
    timers.delete(form);
  }
}

// ── handing in ─────────────────────────────────────────────────────────────────────────────────────
// Where a request came from is noted when it is sent: the news of it may redraw the page before its answer.
const senders = new WeakMap();
let handedIn = null;
let shown = null; // the step that was unfolded for the person, not by them

document.body.addEventListener("htmx:beforeRequest", (event) => {
  const sender = event.detail.elt;
  if (event.detail.requestConfig.verb !== "post" || !sender.closest?.("#work, dialog")) return;
  const form = sender.closest("form.exam-form");
  if (form) giveUpSaving(form);
  if (form || sender.closest(".work-actions")) senders.set(event.detail.xhr, { form, step: form?.closest("[data-step]")?.dataset.step ?? "" });
});

document.body.addEventListener("htmx:beforeSwap", (event) => {
  const sent = senders.get(event.detail.xhr);
  if (!sent || event.detail.xhr.status >= 300) return;
  handedIn = sent.step;
  if (!sent.form) return;
  typedOn.delete(sent.form);
  if (sent.form.contains(document.activeElement)) document.activeElement.blur();
  const inner = sent.form.closest(".fact-more details, td details, .again");
  if (inner) inner.open = false;
});

// Not taken, or never arrived: the words are kept.
document.body.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => {
  const form = senders.get(xhr)?.form;
  if (form?.dataset.draft && (xhr.status === 0 || xhr.status >= 300)) soon(form);
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (handedIn === null) return;
  const was = handedIn ? document.getElementById(`step-${handedIn}`) : null;
  const isRepeated = ["given", "exposed"].includes(handedIn);
  handedIn = null;
  const next = document.querySelector(".step.is-next");
  if (was?.dataset.step === "finish" && !next) return leave();
  if (isRepeated || !next) return was?.querySelector("summary").focus({ preventScroll: true });
  for (const done of [was, shown]) if (done?.classList.contains("step-done") && done !== next) done.open = false;
  show((shown = next));
});

// It is over: the eye and the keyboard go to where the day goes on.
function leave() {
  scrollTo({ top: 0 });
  document.querySelector(".work-actions a.btn-primary")?.focus({ preventScroll: true });
}

function show(step) {
  step.open = true;
  step.querySelector("summary").focus({ preventScroll: true });
  step.scrollIntoView({ block: "start" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-goes-to]");
  const step = link && document.querySelector(link.getAttribute("href"));
  if (!step) return;
  event.preventDefault();
  show(step);
});
const wanted = location.hash.startsWith("#step-") && document.querySelector(location.hash);
if (wanted) show(wanted);

// A scanner ends with Enter: it hands in when something was compared, else the eye goes to what is missing.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-scan]")) return;
  const boxes = [...event.target.form.querySelectorAll("input[name=compared]")];
  if (boxes.some((box) => box.checked)) return;
  event.preventDefault();
  boxes[0]?.focus();
});

// A number below its limit says so while it is typed.
function weigh(field) {
  const question = field.closest("[data-amber-below]");
  const number = Number(field.value.replace(",", "."));
  const isBelow = (limit) => limit !== "" && field.value.trim() !== "" && number < Number(limit);
  question?.classList.toggle("is-worrying", isBelow(question.dataset.redBelow) || isBelow(question.dataset.amberBelow));
  question?.classList.toggle("is-red", isBelow(question.dataset.redBelow));
}
const weighAll = () => document.querySelectorAll("[data-amber-below] .question-value input[inputmode]").forEach(weigh);
document.addEventListener("input", (event) => event.target.matches?.("[data-amber-below] .question-value input[inputmode]") && weigh(event.target));
document.body.addEventListener("htmx:afterSettle", weighAll);
weighAll();
