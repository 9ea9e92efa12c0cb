// What a refresh must not disturb: the field somebody types in, an open menu, dialog or section, a tick.
// Elements with data-keep are left exactly as they are.
const { defaults } = window.Idiomorph ?? {};

if (defaults) {
  defaults.ignoreActiveValue = true;
  defaults.callbacks = {
    ...defaults.callbacks,
    beforeNodeMorphed: (old) => !(old instanceof Element && old.hasAttribute("data-keep")),
    beforeAttributeUpdated: (name, element) =>
      !(name === "open" && element.matches("dialog, details")) &&
      !(["value", "checked"].includes(name) && element.hasAttribute("data-touched")),
  };
  document.addEventListener("input", (event) => event.target.setAttribute("data-touched", ""));
  // What was typed is let go when the answer to it is here, not when it is sent: a form waits in a queue behind
  // a refresh, and that refresh must not empty it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { verb, elt } = event.detail.requestConfig ?? {};
    if (!verb || verb === "get" || !event.detail.shouldSwap) return;
    for (const field of elt.closest("form")?.elements ?? []) field.removeAttribute("data-touched");
  });
}
