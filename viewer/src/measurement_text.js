// The words beside a measurement.

import { frameOf } from "./frames.js";
import { unitOf } from "./modules.js";
import { fill, gettext } from "./text.js";
import { firstFrameOfVolume } from "./volumes.js";

/** "24.5 mm"; a length on a detector says so, one without calibration is in pixels. */
export function lengthLines(data, targetId) {
  const { length, unit } = data.cachedStats[targetId] ?? {};
  return Number.isFinite(length) ? [`${length.toFixed(1)} ${unitWords(unit)}`] : [];
}

export function angleLines(data, targetId) {
  const { angle } = data.cachedStats[targetId] ?? {};
  return Number.isFinite(angle) ? [`${angle.toFixed(1)}°`] : [];
}

/** Mean, standard deviation, range and area; values in the unit of the picture. */
export function ellipseLines(data, targetId) {
  const stats = data.cachedStats[targetId] ?? {};
  const lines = [];
  const unit = unitOfTarget(targetId);
  if (isSingle(stats.mean))
    lines.push(fill(gettext("Mean %(value)s"), { value: `${round(stats.mean)} ${unit}`.trim() }));
  if (isSingle(stats.stdDev)) lines.push(fill(gettext("SD %(value)s"), { value: round(stats.stdDev) }));
  if (isSingle(stats.min)) {
    lines.push(
      fill(gettext("Range %(least)s to %(most)s"), { least: round(stats.min), most: round(stats.max) }),
    );
  }
  if (isSingle(stats.area)) lines.push(fill(gettext("Area %(value)s"), { value: areaWords(stats) }));
  return lines;
}

function unitOfTarget(targetId) {
  if (targetId.startsWith("imageId:")) return unitOf(frameOf(targetId.slice("imageId:".length)));
  return unitOf(firstFrameOfVolume(targetId.replace(/^volumeId:/, "").split("?")[0]));
}

function isSingle(value) {
  return typeof value === "number" && Number.isFinite(value);
}

function round(value) {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function areaWords({ area, areaUnit = "" }) {
  if (areaUnit.startsWith("mm²") && area >= 100)
    return `${(area / 100).toFixed(2)} ${unitWords(areaUnit.replace("mm²", "cm²"))}`;
  return `${area.toFixed(1)} ${unitWords(areaUnit)}`;
}

/** "mm Proj" is the engine's word for a length measured on the detector. */
function unitWords(unit = "") {
  return unit.replace("Proj", gettext("at detector")).replace("US Region", "").trim();
}
