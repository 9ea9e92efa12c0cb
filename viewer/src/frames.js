// Frames: one picture of one instance, known to the drawing engine by its image id. A frame answers
// with attributes in which the functional groups of enhanced objects are already resolved.

import { items, number } from "./attributes.js";

const SHARED_GROUPS = "52009229";
const FRAME_GROUPS = "52009230";

const frames = new Map();

/**
 * @typedef {object} Frame
 * @property {string} imageId
 * @property {string} url  of the stored frame; `${url}/rendered` is the archive's drawing of it
 * @property {object} dataset  the instance's attributes
 * @property {number} number  from 1
 * @property {object} stack  where it belongs
 * @property {object} attributes  the instance's attributes with this frame's groups on top
 * @property {{rows: number, columns: number, components: number, why: string}|null} drawn  set when the
 *   archive's drawing is shown instead of stored pixels
 * @property {Error|null} fault  why it can never be shown
 * @property {Error|null} trouble  why it could not be shown the last time
 */

/** Make the frames of one instance. */
export function framesOf(dataset, instanceUrl) {
  const count = Math.max(1, Math.floor(number(dataset, "00280008") ?? 1));
  return Array.from({ length: count }, (_, index) => addFrame(dataset, instanceUrl, index + 1));
}

function addFrame(dataset, instanceUrl, frameNumber) {
  const url = `${instanceUrl}/frames/${frameNumber}`;
  const imageId = `frame:${url}`;
  if (frames.has(imageId)) return frames.get(imageId);
  const frame = {
    imageId,
    url,
    instanceUrl,
    dataset,
    number: frameNumber,
    drawn: null,
    fault: null,
    trouble: null,
  };
  let attributes = null;
  Object.defineProperty(frame, "attributes", {
    get: () => (attributes ??= resolved(dataset, frameNumber)),
  });
  frames.set(imageId, frame);
  return frame;
}

export function frameOf(imageId) {
  return frames.get(imageId);
}

/** The instance's attributes with the shared and this frame's functional groups laid over them. */
function resolved(dataset, frameNumber) {
  const shared = items(dataset, SHARED_GROUPS)[0];
  const own = items(dataset, FRAME_GROUPS)[frameNumber - 1];
  if (!shared && !own) return dataset;
  const flat = Object.create(dataset);
  for (const groups of [shared, own]) {
    for (const group of Object.values(groups ?? {})) Object.assign(flat, group.Value?.[0]);
  }
  return flat;
}
