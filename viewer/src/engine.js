// The drawing engine (Cornerstone3D), started once.

import { RenderingEngine, cache, getRenderingEngine, init as startCore, metaData } from "@cornerstonejs/core";
import { init as startLoader } from "@cornerstonejs/dicom-image-loader";
import { init as startTools } from "@cornerstonejs/tools";
import { registerFrameLoader } from "./loader.js";
import { provideModule } from "./modules.js";

const ENGINE = "viewer";
const GIB = 2 ** 30;

/** How many bytes of decoded pictures may be kept: a third of the machine's memory, 3 GiB at most. */
export function memoryBudget() {
  return Math.min(3, (navigator.deviceMemory ?? 4) / 3) * GIB;
}

/** Start core, tools, decoders and our own frame loader. */
export function startEngine() {
  startCore({ rendering: { webGlContextCount: 4, strictZSpacingForVolumeViewport: true } });
  startTools();
  startLoader({ maxWebWorkers: Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1)) });
  metaData.addProvider(provideModule, 10000);
  registerFrameLoader();
  cache.setMaxCacheSize(memoryBudget());
  return new RenderingEngine(ENGINE);
}

export function engine() {
  return getRenderingEngine(ENGINE);
}

export function freeMemory() {
  return memoryBudget() - cache.getCacheSize();
}
