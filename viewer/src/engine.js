// The drawing engine (Cornerstone3D), started once.
//
// Where graphics are drawn in software (no graphics card, a remote desktop), stacks are drawn on the
// plain canvas, which is several times faster there. Planes of a volume always need WebGL.

import {
  RenderingEngine, cache, getRenderingCapabilities, getRenderingEngine, init as startCore, metaData, setUseCPURendering,
} from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import { init as startTools } from "@cornerstonejs/tools";
import { registerFrameLoader } from "./loader.js";
import { provideModule } from "./modules.js";

const ENGINE = "viewer";
const GIB = 2 ** 30;
const CHOICE = "viewer.drawing"; // in local storage: "canvas" or "webgl" overrules what was found out

/** How many bytes of decoded pictures may be kept: a third of the machine's memory, 3 GiB at most. */
export function memoryBudget() {
  return Math.min(3, (navigator.deviceMemory ?? 4) / 3) * GIB;
}

/** Start core, tools, decoders and our own frame loader. */
export function startEngine() {
  const isPlain = drawsOnCanvas();
  startCore({ rendering: { useCPURendering: isPlain, webGlContextCount: isPlain ? 1 : 4, strictZSpacingForVolumeViewport: true } });
  startTools();
  startLoader({ maxWebWorkers: Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1)) });
  metaData.addProvider(provideModule, 10000);
  registerFrameLoader();
  cache.setMaxCacheSize(memoryBudget());
  return new RenderingEngine(ENGINE);
}

function drawsOnCanvas() {
  const { webgl, softwareRasterizer } = getRenderingCapabilities();
  const choice = window.localStorage.getItem(CHOICE);
  return !webgl || choice === "canvas" || (softwareRasterizer && choice !== "webgl");
}

export function canDrawPlanes() {
  return getRenderingCapabilities().webgl;
}

/** Viewports made from now on are for planes, or for stacks again. */
export function prepareForPlanes(arePlanes) {
  setUseCPURendering(!arePlanes && drawsOnCanvas(), false);
}

export function engine() {
  return getRenderingEngine(ENGINE);
}

export function freeMemory() {
  return memoryBudget() - cache.getCacheSize();
}
