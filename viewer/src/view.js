// How one viewport shows its picture: window, size, turn and mirror.
//
// The engine draws stacks on WebGL or on the plain canvas (see engine.js), and the two count differently:
// zoom against the fitted picture or in screen pixels, mirrors after or before the turn. Here they are one.

import { utilities } from "@cornerstonejs/core";

const { toLowHighRange, toWindowLevel } = utilities.windowLevel;

export class View {
  constructor(viewport) {
    this.viewport = viewport;
    this.fitted = null; // plain canvas: the zoom at which the picture fits, and the shape it fits for
    this.chosen = null; // the window a person has chosen for this stack
    this.isInverted = false; // by a person
  }

  get isPlain() {
    return Boolean(this.viewport.useCPURendering);
  }

  /** Window and zoom as shown now; what cannot be told is left out. */
  state() {
    const { voiRange, invert } = this.viewport.getProperties();
    const isColour = this.viewport.getCornerstoneImage?.()?.color;
    return {
      window: voiRange && !isColour ? windowWords(voiRange) : null,
      zoom: this.zoom(),
      invert: Boolean(invert),
    };
  }

  /** Screen pixels (CSS) for one pixel of the picture. */
  zoom() {
    const data = this.viewport.getImageData();
    if (!data) return undefined;
    const { imageData, dimensions } = data;
    const [from, to] = [
      [0, 0, 0],
      [dimensions[0], 0, 0],
    ].map((index) => this.viewport.worldToCanvas(imageData.indexToWorld(index)));
    return Math.hypot(to[0] - from[0], to[1] - from[1]) / dimensions[0];
  }

  /** The directions in the world that lie to the right and down on the screen. */
  directions() {
    const { clientWidth: width, clientHeight: height } = this.viewport.element;
    const [corner, right, bottom] = [
      [0, 0],
      [width, 0],
      [0, height],
    ].map((point) => [...this.viewport.canvasToWorld(point)]);
    return [right, bottom].map((end) => end.map((part, axis) => part - corner[axis]));
  }

  setWindow(center, width) {
    this.viewport.setProperties({ voiRange: toLowHighRange(width, center) });
    this.viewport.render();
  }

  /** The window was changed by a person, not by `keepLook`. */
  noteWindow(range) {
    if (!this.isKeeping) this.chosen = range;
  }

  /**
   * Another image of the stack came: what a person has chosen stays, all else is as the image asks for.
   * The engine keeps the old image's inversion, and on the canvas also its window while it tells the new one.
   */
  keepLook() {
    const image = this.viewport.getCornerstoneImage();
    if (!image || image.color) return;
    this.isKeeping = true;
    const invert = Boolean(image.invert) !== this.isInverted;
    if (Boolean(this.viewport.getProperties().invert) !== invert) this.viewport.setProperties({ invert });
    if (this.isPlain)
      this.viewport.setProperties({
        voiRange: this.chosen ?? toLowHighRange(image.windowWidth, image.windowCenter),
      });
    this.isKeeping = false;
  }

  /** Another stack: nothing of the one before holds. */
  forget() {
    this.fitted = null;
    this.chosen = null;
    this.isInverted = false;
  }

  invert() {
    this.isInverted = !this.isInverted;
    this.viewport.setProperties({ invert: !this.viewport.getProperties().invert });
    this.viewport.render();
  }

  turn(degrees) {
    this.setTurn(this.rotation() + degrees);
    this.viewport.render();
  }

  rotation() {
    return this.viewport.getRotation();
  }

  setTurn(degrees) {
    this.viewport.setRotation((degrees + 360) % 360);
  }

  /** Mirror what is on the screen, whatever way it is turned. */
  mirror(direction) {
    const name = direction === "horizontal" ? "flipHorizontal" : "flipVertical";
    this.viewport.setCamera({ [name]: !this.viewport.getCamera()[name] });
    // The canvas mirrors the picture before it is turned: the turn has to go the other way.
    if (this.isPlain) this.setTurn(-this.rotation());
    this.viewport.render();
  }

  zoomBy(factor) {
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  reset() {
    this.viewport.resetProperties();
    this.chosen = null;
    this.isInverted = false;
    if (this.viewport.getCornerstoneImage) this.keepLook();
    if (this.isPlain) this.viewport.setCamera({ flipHorizontal: false, flipVertical: false });
    this.viewport.resetCamera({ resetPan: true, resetZoom: true, resetRotation: true });
    if (this.viewport.setRotation) this.setTurn(0);
    this.viewport.render();
  }

  /** What to give `restore` after the place of the picture has changed its size. */
  look() {
    if (!this.isPlain) return this.viewport.getViewPresentation();
    return { enlarged: this.fitted ? this.viewport.getZoom() / this.fitted.zoom : 1 };
  }

  /** Fit the picture, then show it as enlarged as it was. */
  restore(look) {
    if (!this.isPlain) return this.viewport.setViewPresentation(look);
    this.viewport.resetCamera({ resetPan: true, resetZoom: true });
    this.fitted = { zoom: this.viewport.getZoom(), shape: this.shape() };
    if (Math.abs(look.enlarged - 1) > 0.001) this.viewport.setZoom(this.fitted.zoom * look.enlarged);
    return undefined;
  }

  /** A picture of another shape came into a stack: WebGL fits it by itself, the canvas does not. */
  fitNewShape() {
    if (!this.isPlain || this.fitted?.shape === this.shape()) return;
    this.restore(this.look());
    this.viewport.render();
  }

  shape() {
    const { dimensions = [], spacing = [] } = this.viewport.getImageData() ?? {};
    return [...dimensions, ...spacing].join();
  }
}

function windowWords({ lower, upper }) {
  const { windowWidth, windowCenter } = toWindowLevel(lower, upper);
  return { width: written(windowWidth), center: written(windowCenter) };
}

function written(value) {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(2) : String(Math.round(value));
}
