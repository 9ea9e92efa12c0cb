// Writing a report: saved a moment after each pause, in the department and nowhere else. Patients' words never
// lie on this computer: while the network is away they stay in this window, which tries again and warns before
// it is left. A window that is behind never writes over a newer one.
const form = document.getElementById("editor");
const PAUSE = 1500, SOON = 2000, LATEST = 20_000, KEEP_ALIVE = 10 * 60_000;
const PARTS = ["technique", "findings", "impression"];

const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
const csrf = () => cookie("csrftoken") ?? form.elements.csrfmiddlewaretoken.value;

if (form) {
  const saved = document.getElementById("saved");
  const doubts = document.getElementById("doubts");
  const conflict = document.getElementById("conflict");
  const fields = PARTS.map((part) => form.elements[part]).filter(Boolean);
  let isDirty = false, hasConflict = false, mayLeave = false, isWaiting = false, isMine = "mine" in form.dataset;
  let timer = 0, wait = SOON, running = null;

  const say = (state, time) => {
    saved.dataset.state = state;
    saved.textContent = fill(saved.dataset[state], { time });
  };
  const values = () => Object.fromEntries(fields.map((field) => [field.name, field.value]));
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };

  function save() {
    clearTimeout(timer);
    return (running ??= send().finally(() => (running = null)));
  }

  async function send() {
    if (hasConflict) return;
    isDirty = false;
    say("saving");
    try {
      const body = new URLSearchParams({ ...values(), number: form.elements.number.value });
      const answer = await fetch(form.dataset.autosaveTo, {
        method: "POST", body, headers: { "X-CSRFToken": csrf() }, redirect: "manual", signal: AbortSignal.timeout(15_000),
      });
      await take(answer);
    } catch {
      isDirty = true;
      say("away");
      later(wait);
      wait = Math.min(wait * 2, LATEST);
    }
  }

  async function take(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 403) return stop(signedOut());
    if (answer.status >= 500) throw new Error("away");
    if (answer.status === 409) {
      const isJson = answer.headers.get("Content-Type")?.includes("json");
      return isJson ? disagree(await answer.json()) : stop(await answer.text());
    }
    if (!answer.ok) throw new Error("away");
    const draft = await answer.json();
    form.elements.number.value = draft.number;
    wait = SOON;
    isMine = true;
    say("saved", draft.savedAt);
    doubt(draft.doubts ?? []);
    if (isDirty) later(PAUSE);
  }

  const signedOut = () => JSON.parse(document.getElementById("words").textContent).signedOut;

  function stop(sentence) {
    isDirty = true;
    say("unsaved");
    document.dispatchEvent(new CustomEvent("say", { detail: { sentence } }));
    later(LATEST);
  }

  function doubt(sentences) {
    for (const list of [doubts, document.querySelector("[data-doubts]")]) {
      list?.replaceChildren(...sentences.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
    }
  }

  function disagree(kept) {
    hasConflict = isDirty = true;
    say("unsaved");
    conflict.hidden = false;
    conflict.querySelector("[data-conflict-sentence]").textContent = kept.sentence;
    conflict.querySelector("[data-conflict-text]").textContent = fields.map((field) => kept[field.name]).filter(Boolean).join("\n\n");
    conflict.querySelector("[data-conflict-mine]").onclick = () => settle(kept, false);
    conflict.querySelector("[data-conflict-other]").onclick = () => settle(kept, true);
    conflict.scrollIntoView({ block: "nearest" });
  }

  function settle(kept, takesOther) {
    hasConflict = false;
    conflict.hidden = true;
    form.elements.number.value = kept.number;
    if (takesOther) for (const field of fields) replace(field, kept[field.name]);
    save();
  }

  // Through the browser's own editing, so that Ctrl+Z takes it back.
  function insert(field, text) {
    field.focus();
    if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function replace(field, text) {
    field.focus();
    field.select();
    insert(field, text);
  }

  function useTemplate(key) {
    const words = JSON.parse(document.getElementById("template-words").textContent)[key];
    for (const field of fields) {
      if (!words[field.name]) continue;
      field.focus();
      field.setSelectionRange(field.value.length, field.value.length);
      insert(field, (field.value.trim() ? "\n\n" : "") + words[field.name]);
    }
    document.getElementById("templates").hidePopover();
    fields[0].setSelectionRange(0, 0);
    if (!nextPlace(fields[0], 0)) form.elements.findings?.focus();
  }

  function nextPlace(from, at) {
    const order = [...fields.slice(fields.indexOf(from)), ...fields.slice(0, fields.indexOf(from))];
    for (const field of order) {
      const start = field === from ? at : 0;
      const found = /\[[^[\]\n]{0,80}\]|_{3,}/.exec(field.value.slice(start));
      if (!found) continue;
      field.focus();
      field.setSelectionRange(start + found.index, start + found.index + found[0].length);
      return true;
    }
    return from !== fields[0] || at > 0 ? nextPlace(fields[0], 0) : false;
  }

  form.addEventListener("input", (event) => {
    if (!PARTS.includes(event.target.name)) return;
    isDirty = true;
    if (!running && saved.dataset.state !== "away") say("unsaved");
    later(saved.dataset.state === "away" ? wait : PAUSE);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "F2") {
      event.preventDefault();
      const field = fields.includes(event.target) ? event.target : fields[0];
      nextPlace(field, field.selectionEnd);
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("[data-sign]")?.click();
    }
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("click", (event) => {
    const template = event.target.closest("[data-template]");
    if (template) useTemplate(template.dataset.template);
    if (event.target.closest("[data-sign]")) prepareSigning();
  });

  document.getElementById("templates")?.addEventListener("beforetoggle", (event) => {
    if (event.newState === "open") form.querySelector("[popovertarget=templates]").scrollIntoView({ block: "nearest" });
  });

  function prepareSigning() {
    const shown = form.elements.impression ?? form.elements.findings;
    document.querySelector("[data-sign-impression]").textContent = shown.value;
    if (isDirty) save();
  }

  // What is typed reaches the department before any other verb does.
  document.body.addEventListener("htmx:confirm", async (event) => {
    if (event.detail.verb === "get" || event.detail.elt.dataset.confirm || !(isDirty || running)) return;
    event.preventDefault();
    if (isWaiting) return; // pressed twice
    isWaiting = true;
    await save();
    isWaiting = false;
    event.detail.issueRequest(true);
  });
  document.body.addEventListener("htmx:beforeOnLoad", (event) => {
    if (event.detail.xhr.getResponseHeader("HX-Redirect")) mayLeave = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (mayLeave || !(isDirty || running)) return;
    if (!hasConflict) save();
    event.preventDefault();
  });
  window.addEventListener("online", () => isDirty && save());
  document.addEventListener("visibilitychange", () => document.hidden && isDirty && save());
  setInterval(() => isMine && !document.hidden && save(), KEEP_ALIVE);
}

// Somebody signed or took it over elsewhere: a page without unsaved words shows it at once.
const version = () => document.getElementById("state")?.dataset.version;
const first = version();
document.body.addEventListener("htmx:afterSettle", () => {
  if (first && version() !== first) location.reload();
});
