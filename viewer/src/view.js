// How one viewport shows its picture: window, size, turn and mirror.

import { utilities } from "@cornerstonejs/core";

const { toLowHighRange, toWindowLevel } = utilities.windowLevel;

export class View {
  constructor(viewport) {
    this.viewport = viewport;
  }

  /** Window and zoom as shown now; what cannot be told is left out. */
  state() {
    const { voiRange, invert } = this.viewport.getProperties();
    const isColour = this.viewport.getCornerstoneImage?.()?.color;
    return { window: voiRange && !isColour ? windowWords(voiRange) : null, zoom: this.zoom(), invert: Boolean(invert) };
  }

  /** Screen pixels (CSS) for one pixel of the picture. */
  zoom() {
    const data = this.viewport.getImageData();
    if (!data) return undefined;
    const { imageData, dimensions } = data;
    const [from, to] = [[0, 0, 0], [dimensions[0], 0, 0]].map((index) => this.viewport.worldToCanvas(imageData.indexToWorld(index)));
    return Math.hypot(to[0] - from[0], to[1] - from[1]) / dimensions[0];
  }

  /** The directions in the world that lie to the right and down on the screen. */
  directions() {
    const { clientWidth: width, clientHeight: height } = this.viewport.element;
    const [corner, right, bottom] = [[0, 0], [width, 0], [0, height]].map((point) => this.viewport.canvasToWorld(point));
    return [right, bottom].map((end) => end.map((part, axis) => part - corner[axis]));
  }

  setWindow(center, width) {
    this.viewport.setProperties({ voiRange: toLowHighRange(width, center) });
    this.viewport.render();
  }

  invert() {
    this.viewport.setProperties({ invert: !this.viewport.getProperties().invert });
    this.viewport.render();
  }

  turn(degrees) {
    const { rotation = 0 } = this.viewport.getViewPresentation();
    this.viewport.setViewPresentation({ rotation: (rotation + degrees + 360) % 360 });
    this.viewport.render();
  }

  mirror(direction) {
    const name = direction === "horizontal" ? "flipHorizontal" : "flipVertical";
    this.viewport.setCamera({ [name]: !this.viewport.getCamera()[name] });
    this.viewport.render();
  }

  zoomBy(factor) {
    this.viewport.setZoom(this.viewport.getZoom() * factor);
    this.viewport.render();
  }

  reset() {
    this.viewport.resetProperties();
    this.viewport.resetCamera({ resetPan: true, resetZoom: true, resetRotation: true });
    this.viewport.setViewPresentation?.({ rotation: 0 });
    this.viewport.render();
  }
}

function windowWords({ lower, upper }) {
  const { windowWidth, windowCenter } = toWindowLevel(lower, upper);
  return { width: written(windowWidth), center: written(windowCenter) };
}

function written(value) {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(2) : String(Math.round(value));
}
