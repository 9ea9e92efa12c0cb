// The keyboard: a key finds its command in the table.

import { gettext } from "./text.js";

const NAMES = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Space: () => gettext("Space"),
  Delete: () => gettext("Del"),
  PageDown: () => gettext("Page ↓"),
  PageUp: () => gettext("Page ↑"),
  Home: () => gettext("Home"),
  End: () => gettext("End"),
  Enter: () => gettext("Enter"),
  Backspace: "⌫",
};

/** A key as it is written on keyboards. */
export function keyWords(key) {
  return key.split("+").filter(Boolean).map(oneKey).join(" ") || key;
}

function oneKey(part) {
  const name = NAMES[part];
  if (name) return typeof name === "function" ? name() : name;
  return part === "Shift" ? "⇧" : part.toUpperCase();
}

function keyOf(event) {
  const key = event.key === " " ? "Space" : event.key === "=" ? "+" : event.key;
  const isWord = key.length > 1 || /[a-z]/i.test(key);
  const named =
    key.length === 1 && event.shiftKey ? key.toUpperCase() : key.length === 1 ? key.toLowerCase() : key;
  return event.shiftKey && isWord ? `Shift+${named}` : named;
}

/** Answer keys with commands; `onEscape` hears Escape. */
export function startKeys(commands, desk, onEscape) {
  const byKey = new Map(commands.flatMap((command) => command.keys.map((key) => [key, command])));
  document.addEventListener("keydown", (event) => {
    // The engine prevents the default of every key on an image, so that says nothing here.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return onEscape(event);
    if (isTyping(event)) return;
    const command = byKey.get(keyOf(event));
    if (!command) return;
    event.preventDefault();
    const reason = command.why?.(desk);
    if (reason) desk.say(reason);
    else if (command.run) command.run(desk);
    else desk.openMenuOf(command);
  });
}

/** Whether the focused element has its own use for this key. */
function isTyping({ target, key }) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.matches('input:not([type="range"]), textarea, select, [contenteditable]')) return true;
  if (target.matches('input[type="range"]')) return /^(Arrow|Home|End|Page)/.test(key);
  if (target.closest(".panel-body, .report") && /^(Arrow|Home|End|Page| )/.test(key)) return true;
  return target.matches("button, a") && (key === "Enter" || key === " ");
}
