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
  document.addEventListener("submit", (event) => {
    for (const field of event.target.elements) field.removeAttribute("data-touched");
  });
}
