// The tool bar: every command that has an icon, in its groups. One stop for Tab, arrows within.

import { listen } from "./bus.js";
import { h, oncePerFrame, setAttribute } from "./dom.js";
import { icon } from "./icons.js";
import { keyWords } from "./keys.js";
import { closeMenu, menuIsOpenAt, openMenu } from "./menu.js";

export function makeToolbar(element, commands, desk) {
  const buttons = new Map();
  let group = null;
  for (const command of commands.filter(({ icon: name }) => name)) {
    if (command.group !== group?.dataset.group) {
      group = h("div", { class: "tool-group", role: "group", data: { group: command.group } });
      element.append(group);
    }
    const button = makeButton(command, desk);
    buttons.set(command, button);
    group.append(button);
  }
  const all = [...buttons.values()];
  all.forEach((button, index) => (button.tabIndex = index ? -1 : 0));
  element.addEventListener("keydown", (event) => moveFocus(event, all));
  const paint = oncePerFrame(() => buttons.forEach((button, command) => paintButton(button, command, desk)));
  for (const news of ["tools", "image", "active", "layout", "measured", "stacks", "pane", "keys"])
    listen(news, paint);
  document.addEventListener("fullscreenchange", paint);
  paint();
}

function makeButton(command, desk) {
  const button = h(
    "button",
    {
      type: "button",
      class: `icon-button tool-${command.id}`,
      "aria-label": command.words,
      "aria-haspopup": command.menu ? "menu" : null,
      "aria-expanded": command.menu ? "false" : null,
      data: { command: command.id },
    },
    icon(command.icon),
  );
  button.addEventListener("click", (event) => {
    press(command, button, desk);
    // A click with the pointer gives the keys back to the pane.
    if (event.detail && !command.menu && command.id !== "tags")
      desk.active?.element.focus({ preventScroll: true });
  });
  return button;
}

async function press(command, button, desk) {
  const reason = command.why?.(desk);
  if (reason) return desk.say(reason);
  if (!command.menu) return command.run(desk);
  if (menuIsOpenAt(button)) return closeMenu();
  return openMenu(button, await command.menu(desk));
}

function paintButton(button, command, desk) {
  const reason = command.why?.(desk) ?? null;
  const isOn = command.isOn ? command.isOn(desk) : null;
  setAttribute(button, "aria-disabled", reason ? "true" : null);
  setAttribute(button, "aria-pressed", isOn === null ? null : String(isOn));
  const keys = command.keys.length ? `  ${keyWords(command.keys[0])}` : "";
  setAttribute(button, "data-tip", reason ? `${command.words}: ${reason}` : `${command.words}${keys}`);
  setAttribute(button, "aria-description", reason);
  if (command.id === "play") {
    const name = isOn ? "pause" : "play";
    if (button.dataset.icon !== name) button.replaceChildren(icon(name));
    button.dataset.icon = name;
  }
}

function moveFocus(event, buttons) {
  const at = buttons.indexOf(document.activeElement);
  const steps = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
  if (at < 0 || !(event.key in steps)) return;
  event.preventDefault();
  event.stopPropagation();
  const next = buttons[(steps[event.key] + buttons.length) % buttons.length];
  buttons[at].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
