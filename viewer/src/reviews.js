// Key images and rejecting: what the department knows of images beside their pixels, and its two verbs.

import { text } from "./attributes.js";
import { tell } from "./bus.js";
import { config } from "./config.js";
import { Fault } from "./fault.js";
import { gettext } from "./text.js";

const ROOT = "/studies";
const keys = new Map(); // SOP Instance UID → { instance, series }, in the order of the studies

/** Whether this person may star and reject. */
export const mayReview = () => Boolean(config.review);

/** The SOP Instance UID of a frame's object. */
export const uidOf = (frame) => (frame?.dataset ? text(frame.dataset, "00080018") : "");

/** Learn the key images of a study. Without them nothing is lost but stars. */
export async function loadKeys(studyUid) {
  try {
    const answer = await fetch(`${ROOT}/${studyUid}/key-images/`, { credentials: "same-origin" });
    if (!answer.ok) return;
    for (const key of (await answer.json()).keyImages) keys.set(key.instance, key);
  } catch {
    return;
  }
  tell("keys");
}

export const isKey = (frame) => keys.has(uidOf(frame));

/** How many key images a stack has. */
export const keysOf = (stack) => (keys.size ? stack.frames.filter(isKey).length : 0);

export const allKeys = () => [...keys.values()];

/** Star an image, or take its star away. */
export async function toggleKey(frame) {
  const instance = uidOf(frame);
  const isMarked = keys.has(instance);
  await decide(instance, { decision: isMarked ? "unmark" : "mark" });
  if (isMarked) keys.delete(instance);
  else keys.set(instance, { instance, series: text(frame.dataset, "0020000E") });
  tell("keys");
}

/** Take an image out of what readers see. */
export async function rejectImage(frame, reason) {
  const instance = uidOf(frame);
  await decide(instance, { decision: "reject", reason });
  keys.delete(instance);
  tell("keys");
}

async function decide(instance, words) {
  let answer;
  try {
    answer = await fetch(`${ROOT}/objects/${instance}/review/`, {
      method: "POST",
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": config.review.token },
      body: new URLSearchParams(words),
    });
  } catch {
    throw new Fault(gettext("The department cannot be reached. Nothing was changed."), true);
  }
  if (answer.status === 409) throw new Fault(await answer.text());
  if (!answer.ok || answer.redirected) {
    throw new Fault(gettext("That did not work. Nothing was changed."), true);
  }
}
