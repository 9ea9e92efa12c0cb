// Studies, their series and the stacks a series is shown as. A series becomes one stack of its single
// images, one more for each multi-frame object, and one for each object without pixels.

import { fetchMetadata, findSeries, findStudy, instanceUrl } from "./archive.js";
import { number, text } from "./attributes.js";
import { tell } from "./bus.js";
import { framesOf } from "./frames.js";
import { depthOf } from "./geometry.js";
import { hasPixels, isVideo, kindOf } from "./kinds.js";

const WITHOUT_IMAGES = new Set(["SR", "KO", "PR", "DOC", "REG", "RTSTRUCT", "RTPLAN", "ECG", "HD", "PLAN"]);

/** Open a study: its attributes and its series, nothing of the images yet. */
export async function openStudy(uid) {
  const [attributes, found] = await Promise.all([findStudy(uid), findSeries(uid)]);
  const study = { uid, attributes, series: [] };
  study.series = found.map((one) => newSeries(study, one)).sort(inReadingOrder);
  return study;
}

function newSeries(study, attributes) {
  return {
    study,
    attributes,
    uid: text(attributes, "0020000E"),
    modality: text(attributes, "00080060") || "OT",
    number: number(attributes, "00200011"),
    description: text(attributes, "0008103E"),
    count: number(attributes, "00201209"),
    stacks: [],
    trouble: null,
    loading: null,
  };
}

function inReadingOrder(one, other) {
  const rank = (series) => (WITHOUT_IMAGES.has(series.modality) ? 1 : 0);
  return rank(one) - rank(other) || (one.number ?? Infinity) - (other.number ?? Infinity) || 0;
}

/** Whether a series is likely to have something to look at, before its metadata is here. */
export function mayHaveImages(series) {
  return !WITHOUT_IMAGES.has(series.modality);
}

/** Fetch a series' metadata once and split it into stacks; a failure can be tried again. */
export function loadSeries(series) {
  series.loading ??= fetchMetadata(series.study.uid, series.uid)
    .then((datasets) => {
      series.trouble = null;
      series.stacks = stacksOf(series, datasets);
      tell("stacks", { series });
      return series.stacks;
    })
    .catch((trouble) => {
      series.loading = null;
      series.trouble = trouble;
      tell("stacks", { series });
      throw trouble;
    });
  return series.loading;
}

function stacksOf(series, datasets) {
  const singles = [];
  const others = [];
  for (const dataset of datasets) {
    const isImage = hasPixels(dataset) && !isVideo(dataset);
    if (isImage && (number(dataset, "00280008") ?? 1) <= 1) singles.push(dataset);
    else
      others.push(newStack(series, [dataset], isImage ? "frames" : isVideo(dataset) ? "video" : "document"));
  }
  others.sort((one, other) => instanceNumber(one.datasets[0]) - instanceNumber(other.datasets[0]));
  return singles.length ? [newStack(series, inOrder(singles), "images"), ...others] : others;
}

function newStack(series, datasets, form) {
  const stack = { series, datasets, form, frames: [], loaded: new Set(), failed: new Set() };
  stack.id = `${series.uid}/${text(datasets[0], "00080018")}`;
  if (form === "images" || form === "frames") {
    stack.frames = datasets.flatMap((dataset) => framesOf(dataset, urlOf(stack, dataset)));
    for (const frame of stack.frames) frame.stack = stack;
  } else {
    stack.kind = kindOf(datasets[0]);
  }
  return stack;
}

/** The address of an instance of this stack. */
export function urlOf(stack, dataset) {
  return instanceUrl(stack.series.study.uid, stack.series.uid, text(dataset, "00080018"));
}

/** By instance number; when numbers are missing or repeated, by place in the patient. */
function inOrder(datasets) {
  const given = datasets.map(instanceNumber);
  const areNumbered = given.every(Number.isFinite) && new Set(given).size === given.length;
  if (areNumbered) return [...datasets].sort((one, other) => instanceNumber(one) - instanceNumber(other));
  const depths = new Map(datasets.map((dataset) => [dataset, depthOf(dataset) ?? Infinity]));
  return [...datasets].sort(
    (one, other) => depths.get(one) - depths.get(other) || instanceNumber(one) - instanceNumber(other) || 0,
  );
}

function instanceNumber(dataset) {
  return number(dataset, "00200013") ?? Infinity;
}

export function hasImages(stack) {
  return stack.frames.length > 0;
}
