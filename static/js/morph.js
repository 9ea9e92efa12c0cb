// What a refresh must not disturb: the field somebody types in, what was typed and is not handed in yet, an open
// menu, dialog or section, a tick. Elements with data-keep are left exactly as they are.
const { defaults } = window.Idiomorph ?? {};
const VALUES = ["value", "checked", "selected"];

const isTouched = (element) => Boolean(element.closest("select, input, textarea")?.hasAttribute("data-touched"));

function touch(field) {
  field.setAttribute("data-touched", "");
  if (field.type !== "radio") return;
  // One radio speaks for all of its name: a refresh must not tick its neighbour.
  for (const other of field.form?.elements ?? []) if (other.name === field.name) other.setAttribute("data-touched", "");
}

function isAsSent(field, sent) {
  const values = sent.getAll(field.name);
  if (["checkbox", "radio"].includes(field.type)) return values.includes(field.value) === field.checked;
  if (field.type === "select-multiple") return [...field.options].every((one) => values.includes(one.value) === one.selected);
  return values.some((value) => String(value).replaceAll("\r\n", "\n") === field.value);
}

if (defaults) {
  defaults.ignoreActiveValue = true;
  defaults.callbacks = {
    ...defaults.callbacks,
    beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-keep")),
    beforeAttributeUpdated: (name, element) =>
      name !== "data-touched" &&
      !(name === "open" && element.matches("dialog, details")) &&
      !(VALUES.includes(name) && isTouched(element)),
  };
  for (const name of ["input", "change"]) document.addEventListener(name, (event) => event.target.matches("input, select, textarea") && touch(event.target));
  // What was typed is let go when the answer to it is here, not when it is sent, and only if it is what was sent.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { verb, elt, formData } = event.detail.requestConfig ?? {};
    if (!verb || verb === "get" || !event.detail.shouldSwap) return;
    const form = elt.closest("form");
    if (!form) return;
    form.removeAttribute("data-keep");
    for (const field of form.elements) if (isAsSent(field, formData)) field.removeAttribute("data-touched");
  });
  // A form that came back with errors stays as it is until it is handed in again: news must not take the sentences away.
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const form of document.querySelectorAll("form:has([aria-invalid=true])")) form.setAttribute("data-keep", "");
  });
}
