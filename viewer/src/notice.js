// Sentences to the person: passing ones, and one that stays until it is answered.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { gettext } from "./text.js";

const STAY = 5000;
let timer;

function area() {
  return document.getElementById("viewer-notice");
}

/** Say something that goes away by itself. */
export function say(sentence) {
  if (area().dataset.kind === "trouble") return;
  clearTimeout(timer);
  area().dataset.kind = "said";
  area().replaceChildren(h("p", { text: sentence }));
  timer = setTimeout(clearNotice, STAY);
}

/** Say what is wrong, with a way to try again; it stays. */
export function sayTrouble(sentence, onRetry) {
  clearTimeout(timer);
  const retry = () => {
    clearNotice();
    onRetry();
  };
  area().dataset.kind = "trouble";
  area().replaceChildren(
    icon("warning"),
    h("p", { text: sentence }),
    h("button", { type: "button", class: "plain-button", text: gettext("Try again"), on: { click: retry } }),
  );
}

export function clearNotice() {
  clearTimeout(timer);
  delete area().dataset.kind;
  area().replaceChildren();
}
