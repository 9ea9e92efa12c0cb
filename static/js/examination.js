// The examination: what is typed is saved as it is typed, for whoever goes on with it on another computer.
// A form with data-draft="<address>" sends its words after a pause; somebody else's newer version is never
// overwritten (409): both are shown, and the person chooses. Steps fold when they are handed in.

const PAUSE = 700;
const AGAIN = 5000;
const words = document.getElementById("draft-words")?.dataset ?? {};
const timers = new Map();
const token = () => JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false });
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

function release(form) {
  for (const field of form.elements) field.removeAttribute("data-touched");
}

async function save(form) {
  timers.delete(form);
  if (!form.isConnected) return;
  const content = contentOf(form);
  state(form, words.saving);
  const answer = await fetch(form.dataset.draft, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ number: Number(form.dataset.draftNumber || 0), content }),
  }).catch(() => null);
  if (answer?.status === 409) return conflict(form, await answer.json());
  if (!answer?.ok) return later(form);
  const kept = await answer.json();
  form.dataset.draftNumber = kept.number;
  state(form, words.saved.replace("%(time)s", clock(kept.saved_at)));
  if (!timers.has(form)) release(form);
}

function later(form) {
  state(form, words.unsaved);
  timers.set(form, setTimeout(() => save(form), AGAIN));
}

function conflict(form, theirs) {
  const line = form.querySelector("[data-draft-state]");
  if (!line) return;
  const choice = (word, act) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-secondary btn-sm", textContent: word });
    button.addEventListener("click", act);
    return button;
  };
  const mine = choice(words.mine, () => {
    form.dataset.draftNumber = theirs.number;
    line.classList.remove("is-conflict");
    save(form);
  });
  const other = choice(words.theirs, () => {
    form.dataset.draftNumber = theirs.number;
    line.classList.remove("is-conflict");
    fill(form, theirs.content);
    release(form);
    state(form, words.saved.replace("%(time)s", clock(theirs.saved_at)));
  });
  line.classList.add("is-conflict");
  line.replaceChildren(theirs.sentence, " ", mine, " ", other);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.dataset.draft || !isKept(event.target)) return;
  // One radio speaks for all of its name: a refresh must not tick its neighbour.
  for (const field of form.elements) if (field.name === event.target.name) field.setAttribute("data-touched", "");
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(() => save(form), PAUSE));
});
document.addEventListener("visibilitychange", () => document.hidden && saveAll());
window.addEventListener("pagehide", () => saveAll());

function saveAll() {
  for (const [form, timer] of timers) {
    clearTimeout(timer);
    const body = JSON.stringify({ number: Number(form.dataset.draftNumber || 0), content: contentOf(form) });
    fetch(form.dataset.draft, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-CSRFToken": token() }, body })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((kept) => kept && (form.dataset.draftNumber = kept.number))
      .catch(() => null);
    timers.delete(form);
  }
}

// ── handing in ─────────────────────────────────────────────────────────────────────────────────────
document.body.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("form[data-draft]");
  if (!form) return;
  clearTimeout(timers.get(form));
  timers.delete(form);
});

let handedIn = null;
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const sender = event.detail.requestConfig?.elt;
  if (event.detail.requestConfig?.verb !== "post" || event.detail.xhr.status >= 300 || !sender?.closest) return;
  const form = sender.closest(".exam-form");
  if (form) {
    release(form);
    if (form.contains(document.activeElement)) document.activeElement.blur();
    handedIn = form.closest("[data-step]")?.dataset.step ?? null;
    const inner = form.closest(".fact-more details, td details, .again");
    if (inner) inner.open = false;
  } else if (sender.closest("#work .work-actions")) handedIn = "";
});

document.body.addEventListener("htmx:afterSettle", () => {
  if (handedIn === null) return;
  const was = handedIn;
  handedIn = null;
  const next = document.querySelector(".step.is-next");
  const before = was && document.getElementById(`step-${was}`);
  const isRepeated = ["given", "exposed"].includes(was);
  if (before?.classList.contains("step-done") && before !== next && !isRepeated) before.open = false;
  if (next && !isRepeated) show(next);
  else before?.querySelector("summary")?.focus({ preventScroll: true });
});

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
