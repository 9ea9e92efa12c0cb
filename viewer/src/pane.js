// A pane: one place on the stage that shows one stack, with its words, slider and film controls.

import { Enums, eventTarget } from "@cornerstonejs/core";
import { listen, tell } from "./bus.js";
import { makeCine } from "./cine.js";
import { hasImages } from "./catalogue.js";
import {
  clearOverlay,
  makeOverlay,
  patientLines,
  placeLines,
  seriesLines,
  viewLines,
  writeCorner,
  writeSides,
} from "./corners.js";
import { coverDocument, coverEmpty, coverFault, coverWaiting, hideCover, makeCover } from "./cover.js";
import { pixelType, whyDrawn } from "./decoding.js";
import { h, oncePerFrame } from "./dom.js";
import { canDrawPlanes, enableStack, engine, prefersCanvas } from "./engine.js";
import { forgetFault, isLoaded } from "./loader.js";
import { isKey } from "./reviews.js";
import { makeSlider, setSlider } from "./slider.js";
import { gettext } from "./text.js";
import { addViewport, removeViewport } from "./tools.js";
import { View } from "./view.js";

const { Events } = Enums;
const WAIT_BEFORE_SPINNER = 150; // milliseconds
const STAY_BEFORE_LOADING = 40; // milliseconds

let made = 0;

export class Pane {
  constructor() {
    made += 1;
    this.id = `pane-${made}`;
    this.stack = null;
    this.wanted = 0; // the image that is asked for or shown
    this.heading = 0; // the image we are going to
    this.direction = 1;
    this.overlay = makeOverlay();
    this.cover = makeCover();
    this.slider = makeSlider((index) => this.goTo(index));
    this.image = h("div", { class: "pane-image" });
    this.cine = makeCine(this);
    this.element = h(
      "section",
      { class: "pane", id: this.id, tabindex: "0", "aria-label": gettext("Images") },
      this.image,
      this.overlay.element,
      this.cover,
      this.slider.element,
      this.cine.element,
    );
    this.image.addEventListener("contextmenu", (event) => event.preventDefault());
    this.refresh = oncePerFrame(() => this.write());
    coverEmpty(this.cover);
  }

  /** Take part in drawing; the element must be in the page. */
  attach() {
    this.enable(prefersCanvas());
    this.listenTo(this.image, Events.STACK_NEW_IMAGE, (event) => this.imageCame(event.detail.imageId));
    this.listenTo(this.image, Events.VOI_MODIFIED, (event) => this.view.noteWindow(event.detail.range));
    this.listenTo(this.image, Events.PRE_STACK_NEW_IMAGE, (event) =>
      this.imageWanted(event.detail.imageIdIndex),
    );
    this.listenTo(this.image, Events.IMAGE_RENDERED, () => this.imageDrawn());
    this.unlisten = listen("keys", this.refresh);
    for (const news of [Events.VOI_MODIFIED, Events.CAMERA_MODIFIED])
      this.listenTo(this.image, news, this.refresh);
    this.listenTo(eventTarget, Events.IMAGE_LOAD_ERROR, (event) => this.imageFailed(event.detail?.imageId));
  }

  enable(isPlain) {
    this.viewport = enableStack(this.id, this.image, isPlain);
    // The wheel and dragging come this way too: the engine's own way jumps back to a late image.
    this.viewport.scroll = (step, _debounce, isRound) => this.goBy(step, isRound);
    this.view = new View(this.viewport);
    addViewport(this.id, engine().id);
  }

  disable() {
    removeViewport(this.id, engine().id);
    engine().disableElement(this.id);
  }

  /**
   * The canvas way rounds fractional values for drawing and leaves them rounded in memory, so that
   * statistics would be wrong: such stacks go to WebGL.
   */
  chooseWay() {
    const isFractional = this.stack.frames.some(
      (frame) => !whyDrawn(frame) && pixelType(frame) === "Float32Array",
    );
    const isPlain = prefersCanvas() && !(isFractional && canDrawPlanes());
    if (isPlain === this.view.isPlain) return;
    this.disable();
    this.enable(isPlain);
  }

  listenTo(target, news, hear) {
    (this.listeners ??= []).push([target, news, hear]);
    target.addEventListener(news, hear);
  }

  detach() {
    this.cine.stop();
    clearTimeout(this.spinner);
    clearTimeout(this.delayed);
    for (const [target, news, hear] of this.listeners ?? []) target.removeEventListener(news, hear);
    this.unlisten?.();
    this.disable();
    this.element.remove();
  }

  /** A stack is on its way, or none will come. */
  expect(isComing) {
    if (this.stack) return;
    if (isComing) coverWaiting(this.cover);
    else coverEmpty(this.cover);
  }

  /** Show a stack from one of its images on. */
  async show(stack, index = 0) {
    this.stack = stack;
    this.direction = 1;
    this.cine.stop();
    clearOverlay(this.overlay);
    this.element.setAttribute("aria-label", stack.series.description || gettext("Images"));
    tell("pane", { pane: this });
    if (!hasImages(stack)) return this.showDocument();
    this.wanted = Math.min(index, stack.frames.length - 1);
    this.heading = this.wanted;
    clearTimeout(this.delayed);
    coverWaiting(this.cover);
    this.element.dataset.state = "waiting";
    this.chooseWay();
    this.view.forget();
    await this.viewport.setStack(
      stack.frames.map(({ imageId }) => imageId),
      this.wanted,
    );
    this.cine.prepare();
    return undefined;
  }

  /** Nothing is left to show here. */
  empty() {
    this.cine.stop();
    this.stack = null;
    this.element.dataset.state = "empty";
    clearOverlay(this.overlay);
    setSlider(this.slider, 0, 1);
    coverEmpty(this.cover);
    tell("pane", { pane: this });
  }

  showDocument() {
    clearTimeout(this.spinner);
    this.element.dataset.state = "document";
    setSlider(this.slider, 0, 1);
    this.cine.prepare();
    coverDocument(this.cover, this.stack);
    writeCorner(this.overlay.corners["top-left"], patientLines(this.stack.datasets[0]));
    writeCorner(this.overlay.corners["top-right"], seriesLines(this.stack.datasets[0]));
    tell("image", { pane: this });
  }

  /** Whether the canvas has the size of its place, in pixels of the screen. */
  isFitted() {
    const canvas = this.viewport.getCanvas();
    const { width, height } = canvas.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    return (
      !width || (Math.abs(canvas.width - width * ratio) <= 2 && Math.abs(canvas.height - height * ratio) <= 2)
    );
  }

  get hasImages() {
    return Boolean(this.stack && hasImages(this.stack));
  }

  get frame() {
    return this.hasImages ? this.stack.frames[this.wanted] : undefined;
  }

  /** The attributes of what is shown. */
  get attributes() {
    return this.frame?.attributes ?? this.stack?.datasets[0];
  }

  /**
   * Go to an image. One that is not here yet is asked for only when the person stays with it for a moment;
   * going on takes that back.
   */
  goTo(index) {
    if (!this.hasImages) return;
    clearTimeout(this.delayed);
    this.heading = Math.max(0, Math.min(this.stack.frames.length - 1, index));
    const go = () => this.viewport.setImageIdIndex(this.heading);
    if (isLoaded(this.stack.frames[this.heading])) go();
    else this.delayed = setTimeout(go, STAY_BEFORE_LOADING);
  }

  goBy(step, isRound = false) {
    if (!this.hasImages) return;
    const count = this.stack.frames.length;
    // From where we are going, not from where we are: quick keys must not lose a step.
    const next = this.heading + step;
    this.goTo(isRound ? (next + count) % count : next);
  }

  imageWanted(index) {
    if (index !== this.wanted) this.direction = Math.sign(index - this.wanted);
    this.wanted = index;
    this.heading = index; // which is another one when a tool of the mouse scrolls
    setSlider(this.slider, index, this.stack.frames.length, this.stack);
    clearTimeout(this.spinner);
    if (this.frame.fault) return;
    if (!isLoaded(this.frame))
      this.spinner = setTimeout(() => this.element.classList.add("is-waiting"), WAIT_BEFORE_SPINNER);
    tell("image", { pane: this });
  }

  imageCame(imageId) {
    this.due = imageId;
    // The canvas way sets its own look right after this news.
    queueMicrotask(() => this.view.keepLook());
  }

  /** The engine has drawn; a new image counts as shown only now. */
  imageDrawn() {
    this.refresh();
    if (!this.due || this.due !== this.frame?.imageId) return;
    this.due = null;
    this.view.fitNewShape();
    this.settle("image");
    hideCover(this.cover);
    performance.mark("viewer:image");
    tell("image", { pane: this });
  }

  imageFailed(imageId) {
    const frame = this.frame;
    if (!frame || frame.imageId !== imageId) return;
    this.due = null;
    this.settle("fault");
    const fault = frame.trouble ?? new Error(gettext("This image could not be loaded."));
    const title = fault.mayRetry ? gettext("Not loaded") : gettext("This image cannot be shown");
    coverFault(this.cover, title, fault.message, () => this.tryAgain());
    this.refresh();
    tell("image", { pane: this });
  }

  settle(state) {
    clearTimeout(this.spinner);
    this.element.classList.remove("is-waiting");
    this.element.dataset.state = state;
    this.element.dataset.index = this.wanted + 1;
  }

  tryAgain() {
    const frame = this.frame;
    if (!frame) return;
    forgetFault(frame);
    coverWaiting(this.cover);
    this.viewport.loadImages([frame.imageId], this.viewport);
  }

  /** Write the words and letters of what is on the screen now. */
  write() {
    if (!this.hasImages || !this.element.isConnected) return;
    const {
      frame,
      overlay: { corners },
    } = this;
    const isShown = this.element.dataset.state === "image";
    writeCorner(corners["top-left"], patientLines(frame.attributes));
    writeCorner(corners["top-right"], seriesLines(frame.attributes));
    writeCorner(corners["bottom-left"], placeLines(frame, this.wanted, this.stack.frames.length, isKey(frame)));
    writeCorner(
      corners["bottom-right"],
      isShown ? viewLines({ ...this.view.state(), drawn: frame.drawn }) : [],
    );
    if (isShown) writeSides(this.overlay, frame.attributes, ...this.view.directions());
    this.slider.paint();
  }
}
