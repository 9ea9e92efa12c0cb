// The slider beside a stack: where we are, how much of it is here already, and its key images.

import { h, oncePerFrame } from "./dom.js";
import { isKey } from "./reviews.js";
import { fill, gettext } from "./text.js";

/** Make a slider; `onMove(index)` hears where the person wants to go. */
export function makeSlider(onMove) {
  const input = h("input", {
    type: "range",
    min: 0,
    max: 0,
    value: 0,
    step: 1,
    tabindex: "-1",
    "aria-label": gettext("Image"),
    "aria-orientation": "vertical",
    on: { input: () => onMove(Number(input.value)) },
  });
  const canvas = h("canvas", { class: "slider-track", width: 3, height: 200, "aria-hidden": "true" });
  const element = h("div", { class: "slider", hidden: true }, canvas, input);
  const slider = { element, input, canvas, stack: null };
  slider.paint = oncePerFrame(() => paintTrack(slider));
  return slider;
}

/** Set the slider to an image of a stack of `count`. */
export function setSlider(slider, index, count, stack = null) {
  slider.stack = stack;
  slider.element.hidden = count < 2;
  slider.input.max = count - 1;
  slider.input.value = index;
  const words = fill(gettext("Image %(index)s of %(count)s"), { index: index + 1, count });
  slider.input.setAttribute("aria-valuetext", words);
  slider.paint();
}

/** Light: loaded; red: failed; yellow: key images. */
function paintTrack({ canvas, stack }) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!stack) return;
  const step = canvas.height / stack.frames.length;
  stack.frames.forEach((frame, index) => {
    const loaded = stack.loaded.has(frame) ? "#5f7d99" : null;
    const colour = isKey(frame) ? "#ffd34d" : stack.failed.has(frame) ? "#ff8a80" : loaded;
    if (!colour) return;
    context.fillStyle = colour;
    context.fillRect(0, index * step, canvas.width, Math.max(step, isKey(frame) ? 2 : 0.5));
  });
}
