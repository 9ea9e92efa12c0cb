// Films: a multi-frame object at the pace it was taken, or a stack run through. The next picture is
// shown only once it is here, so a slow line makes a slow film and never a torn one.

import { number, numbers } from "./attributes.js";
import { tell } from "./bus.js";
import { h, setAttribute } from "./dom.js";
import { icon } from "./icons.js";
import { isLoaded } from "./loader.js";
import { fill, gettext } from "./text.js";

const SLOWEST = 1;
const FASTEST = 60;
const STACK_PACE = 12;

/** Frames per second a frame's object asks for (PS3.3 C.7.6.5, C.7.6.12); undefined when it says nothing. */
export function paceOf(attributes) {
  const display = number(attributes, "00082144");
  const frameTime = number(attributes, "00181063");
  const vector = numbers(attributes, "00181065")?.filter((one) => one > 0);
  const cineRate = number(attributes, "00180040");
  const mean = vector?.length ? vector.reduce((sum, one) => sum + one, 0) / vector.length : undefined;
  const found = [display, frameTime && 1000 / frameTime, mean && 1000 / mean, cineRate].find(
    (one) => one > 0,
  );
  return found && Math.max(SLOWEST, Math.min(FASTEST, Math.round(found)));
}

/** The film controls of a pane. */
export function makeCine(pane) {
  const cine = { isPlaying: false, pace: STACK_PACE, due: 0 };
  const speed = h("input", {
    type: "range",
    min: SLOWEST,
    max: FASTEST,
    step: 1,
    class: "cine-speed",
    "aria-label": gettext("Frames per second"),
    on: { input: () => setPace(Number(speed.value)) },
  });
  const button = h("button", { type: "button", class: "cine-play", on: { click: () => cine.toggle() } });
  const words = h("span", { class: "cine-words" });
  cine.element = h("div", { class: "cine", hidden: true }, button, speed, words);

  function setPace(pace) {
    cine.pace = pace;
    speed.value = pace;
    words.textContent = fill(gettext("%(pace)s fps"), { pace });
    speed.setAttribute("aria-valuetext", words.textContent);
  }

  function showState() {
    button.replaceChildren(icon(cine.isPlaying ? "pause" : "play"));
    setAttribute(button, "aria-label", cine.isPlaying ? gettext("Stop the film") : gettext("Play as a film"));
    cine.element.hidden = !cine.isPlaying && !cine.isFilm;
    tell("tools");
  }

  function step(now) {
    if (!cine.isPlaying) return;
    requestAnimationFrame(step);
    if (now < cine.due || pane.element.dataset.state === "waiting") return;
    const { frames } = pane.stack;
    const next = frames[(pane.wanted + 1) % frames.length];
    if (!isLoaded(next) && !next.fault) return;
    cine.due = Math.max(cine.due + 1000 / cine.pace, now - 50);
    pane.goBy(1, true);
  }

  cine.canPlay = () => pane.hasImages && pane.stack.frames.length > 1;
  cine.start = () => {
    if (!cine.canPlay()) return;
    cine.isPlaying = true;
    cine.due = performance.now();
    showState();
    requestAnimationFrame(step);
  };
  cine.stop = () => {
    if (!cine.isPlaying) return;
    cine.isPlaying = false;
    showState();
  };
  cine.toggle = () => (cine.isPlaying ? cine.stop() : cine.start());
  /** A new stack: its own pace, and controls at once when it is a film by nature. */
  cine.prepare = () => {
    cine.isFilm = pane.hasImages && pane.stack.form === "frames" && pane.stack.frames.length > 1;
    setPace((pane.hasImages && paceOf(pane.stack.frames[0].attributes)) || STACK_PACE);
    showState();
  };
  setPace(STACK_PACE);
  return cine;
}
