// The drawing engine (Cornerstone3D), started once.
//
// Where graphics are drawn in software (no graphics card, a remote desktop), stacks are drawn on the
// plain canvas, which is several times faster there. Planes of a volume always need WebGL.

import {
  Enums,
  RenderingEngine,
  cache,
  getRenderingCapabilities,
  getRenderingEngine,
  init as startCore,
  metaData,
  setUseCPURendering,
} from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import { init as startTools } from "@cornerstonejs/tools";
import { registerFrameLoader } from "./loader.js";
import { provideModule } from "./modules.js";

const ENGINE = "viewer";
const GIB = 2 ** 30;
const BLACK = [0, 0, 0];
const CHOICE = "viewer.drawing"; // in local storage: "canvas" or "webgl" overrules what was found out

/** How many bytes of decoded pictures may be kept: a third of the machine's memory, 3 GiB at most. */
export function memoryBudget() {
  return Math.min(3, (navigator.deviceMemory ?? 4) / 3) * GIB;
}

/** Start core, tools, decoders and our own frame loader. */
export function startEngine() {
  startCore({
    rendering: { webGlContextCount: prefersCanvas() ? 1 : 4, strictZSpacingForVolumeViewport: true },
  });
  startTools();
  startLoader({ maxWebWorkers: Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1)) });
  metaData.addProvider(provideModule, 10000);
  registerFrameLoader();
  cache.setMaxCacheSize(memoryBudget());
  // Told so, the engine does not make its WebGL contexts before they are needed.
  setUseCPURendering(prefersCanvas(), false);
  const made = new RenderingEngine(ENGINE);
  setUseCPURendering(false, false);
  return made;
}

/** Whether stacks are better drawn on the canvas here. */
export function prefersCanvas() {
  const { webgl, softwareRasterizer } = getRenderingCapabilities();
  const choice = window.localStorage.getItem(CHOICE);
  return !webgl || choice === "canvas" || (softwareRasterizer && choice !== "webgl");
}

export function canDrawPlanes() {
  return getRenderingCapabilities().webgl;
}

/** Make a viewport for stacks, on the canvas if `isPlain`. */
export function enableStack(viewportId, element, isPlain) {
  setUseCPURendering(isPlain, false);
  engine().enableElement({
    viewportId,
    element,
    type: Enums.ViewportType.STACK,
    defaultOptions: { background: BLACK },
  });
  setUseCPURendering(false, false);
  const viewport = engine().getViewport(viewportId);
  // The engine asks its general setting each time it draws; each viewport of ours keeps its own way.
  viewport.getUseCustomRenderingPipeline = () => isPlain;
  return viewport;
}

/** Make a viewport for one plane of a volume. */
export function enablePlane(viewportId, element, orientation) {
  const type = Enums.ViewportType.ORTHOGRAPHIC;
  engine().enableElement({ viewportId, element, type, defaultOptions: { orientation, background: BLACK } });
}

export function engine() {
  return getRenderingEngine(ENGINE);
}

export function freeMemory() {
  return memoryBudget() - cache.getCacheSize();
}
