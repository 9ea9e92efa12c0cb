// Fetching ahead: around the picture that is shown, in the direction of scrolling first, then the rest of
// what is on the stage, then the other series of the opened study, as far as memory goes.

import { cache } from "@cornerstonejs/core";
import { listen } from "./bus.js";
import { hasImages, loadSeries, mayHaveImages } from "./catalogue.js";
import { freeMemory } from "./engine.js";
import { loadAhead } from "./loader.js";

const AT_ONCE = 4;
const SPARE = 200 * 2 ** 20;
const BEHIND = 3;

let running = 0;
let isPaused = false;

/**
 * @param {() => object[]} panesNow  the panes, the active one first
 * @param {() => object|null} mainStudy
 * @param {(trouble: Error) => void} onTrouble  told when the archive closes its door
 */
export function startPrefetch(panesNow, mainStudy, onTrouble) {
  const go = () => run(panesNow, mainStudy, onTrouble);
  listen("image", go);
  listen("stacks", go);
  listen("resume", () => {
    isPaused = false;
    go();
  });
}

function run(panesNow, mainStudy, onTrouble) {
  const panes = panesNow();
  if (isPaused || panes.some(({ element }) => element.dataset.state === "waiting")) return;
  while (running < AT_ONCE && freeMemory() > SPARE) {
    const frame = nextShown(panes) ?? nextOther(mainStudy());
    if (!frame) return;
    fetchOne(frame, () => run(panesNow, mainStudy, onTrouble), onTrouble);
  }
}

async function fetchOne(frame, next, onTrouble) {
  running += 1;
  try {
    await loadAhead(frame);
  } catch (trouble) {
    if (trouble.mayRetry) {
      isPaused = true;
      onTrouble(trouble);
    }
  } finally {
    running -= 1;
    next();
  }
}

function isMissing(frame) {
  return !frame.fault && !cache.getImageLoadObject(frame.imageId);
}

function nextShown(panes) {
  for (const pane of panes) {
    const frame = pane.hasImages && nearest(pane.stack.frames, pane.wanted, pane.direction);
    if (frame) return frame;
  }
  return undefined;
}

/** The missing frame nearest to an index: four steps ahead count as much as one behind. */
export function nearest(frames, index, direction) {
  for (let step = 1; step < frames.length * (BEHIND + 1); step += 1) {
    const ahead = frames[index + direction * step];
    if (ahead && isMissing(ahead)) return ahead;
    const behind = step % (BEHIND + 1) === 0 ? frames[index - (direction * step) / (BEHIND + 1)] : undefined;
    if (behind && isMissing(behind)) return behind;
  }
  return undefined;
}

function nextOther(study) {
  for (const series of study?.series ?? []) {
    if (!mayHaveImages(series) || series.trouble) continue;
    if (!series.stacks.length) {
      loadSeries(series).catch(() => undefined);
      return undefined;
    }
    for (const stack of series.stacks.filter(hasImages)) {
      const frame = stack.frames.find(isMissing);
      if (frame) return frame;
    }
  }
  return undefined;
}
