// Where pictures lie in the patient: directions in words, and whether slices make a volume.
// Coordinates are the standard's (PS3.3 C.7.6.2): x grows to the patient's left, y to the back, z to the head.

import { number, numbers, text, values } from "./attributes.js";
import { fill, gettext } from "./text.js";

const ALONG = [
  ["L", "R"],
  ["P", "A"],
  ["H", "F"],
];
const OPPOSITE = { L: "R", R: "L", P: "A", A: "P", H: "F", F: "H" };

/** The letters of a direction, the strongest first, at most two: "L", "LP". */
export function lettersOf(vector, weakest = 0.35) {
  const length = Math.hypot(...vector) || 1;
  return vector
    .map((part, axis) => ({ letter: ALONG[axis][part >= 0 ? 0 : 1], weight: Math.abs(part) / length }))
    .filter(({ weight }) => weight >= weakest)
    .sort((one, other) => other.weight - one.weight)
    .slice(0, 2)
    .map(({ letter }) => letter)
    .join("");
}

/** The opposite of a direction in letters; empty when a letter is not one of the six. */
export function oppositeOf(letters) {
  const turned = [...letters].map((letter) => OPPOSITE[letter]);
  return turned.every(Boolean) ? turned.join("") : "";
}

/** Image Orientation (Patient) as two vectors, undefined when it is missing or not a right angle. */
export function orientationOf(attributes) {
  const all = numbers(attributes, "00200037", 6);
  if (!all) return undefined;
  const row = all.slice(0, 3);
  const column = all.slice(3, 6);
  const isUnit = [row, column].every((one) => Math.abs(Math.hypot(...one) - 1) < 0.05);
  return isUnit && Math.abs(dot(row, column)) < 0.05 ? { row, column } : undefined;
}

/** Patient Orientation (0020,0020) of a projection: letters along its rows and down its columns. */
export function projectionLettersOf(attributes) {
  const [row = "", column = ""] = values(attributes, "00200020").map((one) => String(one).trim());
  return /^[LRAPHF]{1,3}$/.test(row) && /^[LRAPHF]{1,3}$/.test(column) ? { row, column } : undefined;
}

export function positionOf(attributes) {
  return numbers(attributes, "00200032", 3)?.slice(0, 3);
}

export function normalOf({ row, column }) {
  return [
    row[1] * column[2] - row[2] * column[1],
    row[2] * column[0] - row[0] * column[2],
    row[0] * column[1] - row[1] * column[0],
  ];
}

export function dot(one, other) {
  return one.reduce((sum, part, axis) => sum + part * other[axis], 0);
}

/** How far along its own normal a frame lies, in millimetres; undefined when it does not say. */
export function depthOf(attributes) {
  const orientation = orientationOf(attributes);
  const position = positionOf(attributes);
  return orientation && position ? dot(position, normalOf(orientation)) : undefined;
}

/**
 * Pixel spacing in millimetres, rows first, and where it is measured: "patient", "detector", or unknown.
 */
export function spacingOf(attributes) {
  const sources = [
    ["00280030", "patient"],
    ["00181164", "detector"],
    ["00182010", "detector"],
  ];
  for (const [tag, where] of sources) {
    const found = numbers(attributes, tag, 2);
    if (found && found[0] > 0 && found[1] > 0) return { row: found[0], column: found[1], where };
  }
  return undefined;
}

/**
 * Why these frames do not make a volume that may be cut in other planes; null when they do.
 * Cutting an irregular series would show distances that are not there.
 */
export function whyNoVolume(frames) {
  if (frames.length < 4) return gettext("A volume needs at least four slices.");
  const first = frames[0].attributes;
  if (!orientationOf(first) || !spacingOf(first)) {
    return gettext("These images do not say where they lie in the patient.");
  }
  return whyUnequal(frames) ?? whyGaps(frames);
}

function whyUnequal(frames) {
  const [first, ...rest] = frames.map(formOf);
  if (!first.isGrey) return gettext("Only greyscale images can be cut in other planes.");
  if (rest.some((form) => form.size !== first.size)) {
    return gettext("The images of this series have different sizes.");
  }
  const turned = rest.some((form) => !form.direction || distance(form.direction, first.direction) > 0.01);
  return turned ? gettext("The images of this series lie at different angles.") : null;
}

function formOf({ attributes }) {
  const spacing = spacingOf(attributes);
  const orientation = orientationOf(attributes);
  return {
    isGrey: /^MONOCHROME/.test(text(attributes, "00280004")),
    size: [
      number(attributes, "00280010"),
      number(attributes, "00280011"),
      spacing?.row,
      spacing?.column,
    ].join(),
    direction: orientation && [...orientation.row, ...orientation.column],
  };
}

function whyGaps(frames) {
  const positions = frames.map(({ attributes }) => positionOf(attributes));
  if (positions.some((one) => !one)) return gettext("Some images do not say where they lie in the patient.");
  const normal = normalOf(orientationOf(frames[0].attributes));
  const sorted = [...positions].sort((one, other) => dot(one, normal) - dot(other, normal));
  const steps = sorted.slice(1).map((one, index) => one.map((part, axis) => part - sorted[index][axis]));
  const gaps = steps.map((step) => dot(step, normal));
  const [least, most] = [Math.min(...gaps), Math.max(...gaps)];
  if (least < 0.001) return gettext("Some slices lie at the same place.");
  if (most - least > Math.max(0.05 * least, 0.02)) {
    const values = { least: least.toFixed(1), most: most.toFixed(1) };
    return fill(gettext("The gaps between the slices differ: %(least)s to %(most)s mm."), values);
  }
  const isTilted = steps.some((step) => Math.hypot(...step) - dot(step, normal) > 0.02 * most);
  return isTilted ? gettext("The slices are tilted against their stack (gantry tilt).") : null;
}

export function distance(one, other) {
  return Math.hypot(...one.map((part, axis) => part - other[axis]));
}
