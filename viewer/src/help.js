// The keys, on one sheet.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { keyWords } from "./keys.js";
import { gettext } from "./text.js";

const GROUPS = () => [
  [gettext("Pointer"), ["tool"]],
  [gettext("Measuring"), ["measure"]],
  [gettext("Picture"), ["picture", "film"]],
  [gettext("Moving through images"), ["move"]],
  [gettext("Stage and page"), ["stage", "page"]],
];

const POINTER = () => [
  [gettext("Left button"), gettext("the chosen tool")],
  [gettext("Right button"), gettext("zoom")],
  [gettext("Middle button"), gettext("move")],
  [gettext("Wheel"), gettext("scroll")],
  [gettext("Double click"), gettext("this pane alone, or all again")],
  [gettext("One finger"), gettext("the chosen tool")],
  [gettext("Two fingers"), gettext("zoom and move")],
];

export function makeHelp(commands) {
  const dialog = h("dialog", { class: "help", "aria-label": gettext("Keys and pointer") });
  const close = h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": gettext("Close"),
      on: { click: () => dialog.close() },
    },
    icon("close"),
  );
  const columns = GROUPS().map(([title, groups]) =>
    sheet(
      title,
      commands.filter(({ group, keys }) => groups.includes(group) && keys.length),
    ),
  );
  const presets = h("p", {
    class: "lesser",
    text: gettext("1 to 9: window presets of the image, 0: as it was"),
  });
  dialog.append(
    h("div", { class: "panel-head" }, h("h2", { text: gettext("Keys and pointer") }), close),
    h("div", { class: "help-columns" }, pointerSheet(), ...columns),
    presets,
  );
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.getElementById("viewer").append(dialog);
  return {
    toggle: () => (dialog.open ? dialog.close() : dialog.showModal()),
    isOpen: () => dialog.open,
    close: () => dialog.close(),
  };
}

function sheet(title, commands) {
  const rows = commands.map(({ words, keys }) =>
    row(
      words,
      keys.map((key) => h("kbd", { text: keyWords(key) })),
    ),
  );
  return h("section", {}, h("h3", { text: title }), h("dl", {}, ...rows));
}

function pointerSheet() {
  const rows = POINTER().map(([what, does]) => row(does, [h("span", { class: "lesser", text: what })]));
  return h("section", {}, h("h3", { text: gettext("Mouse and touch") }), h("dl", {}, ...rows));
}

function row(words, keys) {
  return h("div", {}, h("dt", {}, ...keys), h("dd", { text: words }));
}
