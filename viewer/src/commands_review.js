// Commands about the image itself: key images, and rejecting.

import { loadSeries } from "./catalogue.js";
import { needsStack } from "./conditions.js";
import { config } from "./config.js";
import { Fault } from "./fault.js";
import { allKeys, isKey, mayReview, rejectImage, toggleKey, uidOf } from "./reviews.js";
import { gettext } from "./text.js";

/** Going to key images is for everybody; starring and rejecting for those who review images. */
export function reviews() {
  return [...(mayReview() ? verbs() : []), jump()];
}

function verbs() {
  return [
    {
      id: "star",
      group: "review",
      words: gettext("Key image"),
      icon: "star",
      keys: ["y"],
      run: (desk) => doing(desk, () => toggleKey(desk.active.frame)),
      isOn: ({ active }) => isKey(active?.frame),
      why: needsStack,
    },
    {
      id: "reject",
      group: "review",
      words: gettext("Reject image"),
      icon: "reject",
      keys: ["d"],
      menu: reasons,
      why: needsStack,
    },
  ];
}

function jump() {
  return {
    id: "next-key",
    group: "review",
    words: gettext("Next key image"),
    icon: "nextStar",
    keys: ["Shift+Y"],
    run: (desk) => doing(desk, () => showNextKey(desk)),
    why: () => (allKeys().length ? null : gettext("There is no key image.")),
  };
}

function reasons(desk) {
  const { frame } = desk.active;
  return config.review.reasons.map(({ code, words }) => ({
    words,
    run: () => doing(desk, () => reject(desk, frame, code)),
  }));
}

/** Say what went wrong; nothing was changed then. */
async function doing(desk, work) {
  try {
    await work();
  } catch (trouble) {
    if (!(trouble instanceof Fault)) throw trouble;
    desk.say(trouble.message);
  }
}

async function reject(desk, frame, code) {
  const { stack } = frame;
  const at = stack.frames.indexOf(frame);
  await rejectImage(frame, code);
  await desk.reloadSeries(stack, at);
  desk.say(gettext("Rejected. It can be restored on the page of the study."));
}

/** The key image after the one that is shown, round and round. */
async function showNextKey(desk) {
  const keys = allKeys();
  const shown = uidOf(desk.active?.frame);
  const next = keys[(keys.findIndex(({ instance }) => instance === shown) + 1) % keys.length];
  const series = desk.studies.flatMap((study) => study.series).find(({ uid }) => uid === next.series);
  if (!series) return;
  for (const stack of await loadSeries(series)) {
    const index = stack.frames.findIndex((frame) => uidOf(frame) === next.instance);
    if (index >= 0) {
      await desk.showImage(stack, index);
      return;
    }
  }
}
