// A small menu below a button.

import { h } from "./dom.js";
import { icon } from "./icons.js";

let open = null;

export function closeMenu() {
  if (!open) return false;
  const { element, button } = open;
  open = null;
  element.remove();
  button.setAttribute("aria-expanded", "false");
  return true;
}

export function menuIsOpenAt(button) {
  return open?.button === button;
}

/**
 * Open a menu; choosing closes it.
 *
 * @param {HTMLElement} button
 * @param {{words: string, hint?: string, key?: string, icon?: string, isOn?: boolean, run?: () => void}[]} choices
 *   a choice without `run` is only said
 */
export function openMenu(button, choices) {
  closeMenu();
  const entries = choices.map((choice) => entryOf(choice, button));
  const element = h(
    "div",
    { class: "menu", role: "menu", "aria-label": button.getAttribute("aria-label") },
    ...entries,
  );
  document.getElementById("viewer").append(element);
  place(element, button);
  open = { element, button };
  button.setAttribute("aria-expanded", "true");
  element.addEventListener("keydown", (event) => moveFocus(event, entries));
  entries.find((entry) => entry.tagName === "BUTTON")?.focus();
}

function entryOf(choice, button) {
  if (!choice.run) return h("p", { class: "menu-note", text: choice.words });
  return h(
    "button",
    {
      type: "button",
      class: "menu-entry",
      role: choice.isOn === undefined ? "menuitem" : "menuitemradio",
      "aria-checked": choice.isOn === undefined ? null : String(choice.isOn),
      on: {
        click: () => {
          closeMenu();
          button.focus();
          choice.run();
        },
      },
    },
    choice.icon ? icon(choice.icon) : null,
    h("span", { class: "menu-words", text: choice.words }),
    choice.hint ? h("span", { class: "menu-hint", text: choice.hint }) : null,
    choice.key ? h("kbd", { text: choice.key }) : null,
  );
}

/** Below the button, or above it when there is no room; never out of the window. */
function place(element, button) {
  const at = button.getBoundingClientRect();
  const { width, height } = element.getBoundingClientRect();
  const left = Math.max(6, Math.min(at.left, window.innerWidth - width - 6));
  const isBelow = at.bottom + height + 6 < window.innerHeight;
  element.style.left = `${left}px`;
  element.style.top = `${isBelow ? at.bottom + 4 : Math.max(6, at.top - height - 4)}px`;
}

function moveFocus(event, entries) {
  const buttons = entries.filter((entry) => entry.tagName === "BUTTON");
  const at = buttons.indexOf(document.activeElement);
  const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 };
  if (event.key === "Escape" || event.key === "Tab") {
    const { button } = open ?? {};
    closeMenu();
    button?.focus();
  } else if (event.key in steps) {
    buttons[(steps[event.key] + buttons.length) % buttons.length]?.focus();
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.element.contains(event.target) && !open.button.contains(event.target)) closeMenu();
});
