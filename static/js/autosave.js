// Nothing typed is lost: a form with data-autosave="order-12" keeps a draft on this computer, for this person,
// for a day. It comes back when the form does, and is cleared once the server has taken it.
import { clock } from "./ward-clock.js";

const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const person = document.body.dataset.person;
const A_DAY = 24 * 3600 * 1000;
const PREFIX = "draft:";
const SENT = "draft-sent";

const keyOf = (form) => `${PREFIX}${person}:${form.dataset.autosave}`;
const isKept = (field) => field.name && !field.disabled && !["password", "file", "hidden", "submit", "button"].includes(field.type);

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    const isTick = ["checkbox", "radio"].includes(field.type);
    (values[field.name] ??= []).push(isTick ? (field.checked ? field.value : null) : field.value);
  }
  return values;
}

function restore(form, values) {
  const at = {};
  let changed = false;
  for (const field of form.elements) {
    if (!isKept(field) || !(field.name in values)) continue;
    const value = values[field.name][(at[field.name] = (at[field.name] ?? -1) + 1)];
    if (["checkbox", "radio"].includes(field.type)) {
      changed ||= field.checked !== (value !== null && value !== undefined);
      field.checked = value !== null && value !== undefined;
    } else if (value !== undefined && field.value !== value) {
      field.value = value;
      changed = true;
    }
  }
  return changed;
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function tellRestored(form, at) {
  const note = document.createElement("p");
  const discard = Object.assign(document.createElement("button"), { type: "button", textContent: words.discardDraft });
  note.className = "draft-note";
  note.setAttribute("role", "status");
  note.append(words.restored.replace("%(time)s", clock(at)), " ", discard);
  discard.addEventListener("click", () => {
    localStorage.removeItem(keyOf(form));
    form.reset();
    note.remove();
  });
  form.prepend(note);
}

function begin(form) {
  if (form.dataset.autosaveBegun) return;
  form.dataset.autosaveBegun = "yes";
  const draft = read(keyOf(form));
  // A form that comes back with errors already carries what was typed.
  if (draft && !form.querySelector("[aria-invalid=true]") && restore(form, draft.values)) tellRestored(form, draft.at);
  let timer = 0;
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const save = () => {
    stop();
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values: valuesOf(form) }));
  };
  form.addEventListener("input", () => {
    stop();
    timer = setTimeout(save, 400);
  });
  window.addEventListener("pagehide", () => timer && save());
  form.addEventListener("submit", () => {
    save();
    sessionStorage.setItem(SENT, keyOf(form));
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    const { xhr, successful, requestConfig } = event.detail;
    if (successful && xhr.status < 300 && requestConfig.verb !== "get") {
      stop();
      localStorage.removeItem(keyOf(form));
    }
    sessionStorage.removeItem(SENT);
  });
}

function beginAll() {
  for (const form of document.querySelectorAll("form[data-autosave]")) begin(form);
}

// A form sent the plain way was taken if the answer is another page, or says so.
function settleSent() {
  const key = sessionStorage.getItem(SENT);
  if (!key) return;
  const sameForm = [...document.querySelectorAll("form[data-autosave]")].some((form) => keyOf(form) === key);
  const saysSo = document.querySelector("[data-message-level=success]");
  if (!sameForm || saysSo) localStorage.removeItem(key);
  sessionStorage.removeItem(SENT);
}

function forgetOld() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX) && !(read(key)?.at > Date.now() - A_DAY)) localStorage.removeItem(key);
  }
}

if (person) {
  forgetOld();
  settleSent();
  beginAll();
  document.body.addEventListener("htmx:afterSettle", beginAll);
}
