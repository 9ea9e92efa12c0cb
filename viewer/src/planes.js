// A volume cut in three planes with crosshairs (MPR). Only a regular series is cut; why another is not
// is said by `whyNoVolume`.

import {
  Enums,
  cache,
  eventTarget,
  setVolumesForViewports,
  utilities,
  volumeLoader,
} from "@cornerstonejs/core";
import { SynchronizerManager, synchronizers } from "@cornerstonejs/tools";
import { tell } from "./bus.js";
import { makeOverlay, patientLines, seriesLines, viewLines, writeCorner, writeSides } from "./corners.js";
import { coverFault, coverWaiting, hideCover, makeCover } from "./cover.js";
import { h, oncePerFrame } from "./dom.js";
import { enablePlane, engine } from "./engine.js";
import { loadAhead } from "./loader.js";
import { fill, gettext, ngettext } from "./text.js";
import { addViewport, bindAgain, planeColour, removeViewport } from "./tools.js";
import { View } from "./view.js";
import { rememberVolume } from "./volumes.js";

const { Events, OrientationAxis } = Enums;
const PLANES = [
  ["axial", OrientationAxis.AXIAL, () => gettext("Axial")],
  ["coronal", OrientationAxis.CORONAL, () => gettext("Coronal")],
  ["sagittal", OrientationAxis.SAGITTAL, () => gettext("Sagittal")],
];
const WINDOWS = "plane-windows";

/** One plane: like a pane, but of a volume. */
class Plane {
  constructor(id, orientation, words, frame) {
    Object.assign(this, { id, orientation, words, frame, hasImages: false });
    this.overlay = makeOverlay();
    this.image = h("div", { class: "pane-image" });
    this.cover = makeCover();
    this.element = h(
      "section",
      { class: `pane plane ${id}`, tabindex: "0", "aria-label": words },
      this.image,
      this.overlay.element,
      this.cover,
    );
    this.element.style.setProperty("--plane", planeColour(id));
    this.image.addEventListener("contextmenu", (event) => event.preventDefault());
    this.refresh = oncePerFrame(() => this.write());
    for (const news of [Events.VOI_MODIFIED, Events.CAMERA_MODIFIED, Events.IMAGE_RENDERED])
      this.image.addEventListener(news, this.refresh);
    coverWaiting(this.cover);
  }

  attach() {
    this.viewport = engine().getViewport(this.id);
    this.view = new View(this.viewport);
  }

  get attributes() {
    return this.frame.attributes;
  }

  goBy(step) {
    utilities.scroll(this.viewport, { delta: step });
  }

  write() {
    if (!this.viewport || !this.element.isConnected) return;
    const { corners } = this.overlay;
    const failed = this.frame.stack.failed.size;
    const count = this.viewport.getNumberOfSlices?.() ?? 0;
    const slice = (this.viewport.getSliceIndex?.() ?? 0) + 1;
    this.element.dataset.index = slice;
    writeCorner(
      corners["top-left"],
      this.id === "axial" ? patientLines(this.attributes) : [[this.words, "strong plane-name"]],
    );
    writeCorner(corners["top-right"], this.id === "axial" ? seriesLines(this.attributes) : []);
    writeCorner(corners["bottom-left"], [
      failed && this.id === "axial"
        ? [
            ngettext(
              "%(count)s slice is missing and left black",
              "%(count)s slices are missing and left black",
              failed,
            ),
            "warn",
          ]
        : "",
      this.id === "axial" ? [this.words, "strong plane-name"] : "",
      [fill(gettext("Slice %(index)s of %(count)s"), { index: slice, count }), ""],
    ]);
    writeCorner(corners["bottom-right"], viewLines({ ...this.view.state(), zoom: undefined }));
    writeSides(this.overlay, this.attributes, ...this.view.directions());
  }
}

export class Planes {
  /** `look` is how the stack was shown: its window and whether it was inverted. */
  constructor(stack, look) {
    this.stack = stack;
    this.look = look;
    this.volumeId = `cornerstoneStreamingImageVolume:${stack.id}`;
    this.panes = PLANES.map(
      ([id, orientation, words]) => new Plane(id, orientation, words(), stack.frames[0]),
    );
    this.element = h("div", { class: "grid planes" }, ...this.panes.map((pane) => pane.element));
    this.activate(this.panes[0]);
  }

  activate(plane) {
    this.active = plane;
    for (const one of this.panes) one.element.classList.toggle("is-active", one === plane);
    tell("active", { pane: plane });
  }

  /** The plane that holds an element becomes the active one. */
  activateAt(target) {
    const plane = this.panes.find(({ element }) => element.contains(target));
    if (plane && plane !== this.active) this.activate(plane);
  }

  activateNext() {
    this.activate(this.panes[(this.panes.indexOf(this.active) + 1) % this.panes.length]);
    this.active.element.focus({ preventScroll: true });
  }

  /** Lay out the planes, make the volume from what is here and load the rest of it. */
  async open() {
    this.panes.forEach(({ id, image, orientation }) => enablePlane(id, image, orientation));
    const { frames } = this.stack;
    // The volume takes its array type from pictures that are here: three of them make it sure.
    await Promise.all(
      [0, Math.floor(frames.length / 2), frames.length - 1].map((index) => loadAhead(frames[index])),
    );
    rememberVolume(this.volumeId, frames[0]);
    const volume = await volumeLoader.createAndCacheVolume(this.volumeId, {
      imageIds: frames.map(({ imageId }) => imageId),
    });
    if (this.isClosed) return;
    volume.load();
    await setVolumesForViewports(
      engine(),
      [{ volumeId: this.volumeId }],
      this.panes.map(({ id }) => id),
    );
    if (this.isClosed) return;
    this.show();
  }

  show() {
    const link = synchronizers.createVOISynchronizer(WINDOWS, { syncInvertState: true, syncColormap: false });
    for (const pane of this.panes) {
      pane.attach();
      pane.hasImages = true;
      pane.element.dataset.state = "image";
      hideCover(pane.cover);
      addViewport(pane.id, engine().id, true);
      link.add({ renderingEngineId: engine().id, viewportId: pane.id });
      pane.viewport.setProperties(this.look);
      pane.refresh();
    }
    this.isReady = true;
    bindAgain();
    engine().render();
    tell("layout");
  }

  showFault(fault) {
    this.panes.forEach(({ cover }, index) => {
      if (index === 0)
        coverFault(cover, gettext("The planes cannot be shown"), fault.message, () => tell("close-planes"));
      else hideCover(cover);
    });
  }

  reset() {
    this.panes.forEach(({ view, viewport }) => {
      view.viewport.resetProperties?.();
      viewport.resetCamera({ resetPan: true, resetZoom: true, resetToCenter: true });
    });
    engine().render();
  }

  close() {
    this.isClosed = true;
    SynchronizerManager.destroySynchronizer(WINDOWS);
    this.panes.forEach(({ id }) => {
      if (this.isReady) removeViewport(id, engine().id, true);
      engine().disableElement(id);
    });
    this.element.remove();
    if (cache.getVolume(this.volumeId)) cache.removeVolumeLoadObject(this.volumeId);
  }
}

/** News when a volume is complete. */
export function onVolumeComplete(hear) {
  eventTarget.addEventListener(Events.IMAGE_VOLUME_LOADING_COMPLETED, hear);
}
