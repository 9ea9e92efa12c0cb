// What an object is, in the department's words, and whether there are pixels to show.

import { number, text } from "./attributes.js";
import { gettext } from "./text.js";

const STORAGE = "1.2.840.10008.5.1.4.1.1.";
const VIDEO = /^1\.2\.840\.10008\.1\.2\.4\.10\d(\.\d+)?$/;

// Longest prefixes first: the first one that fits names the kind.
const KINDS = [
  ["88.67", "dose", () => gettext("Radiation dose report")],
  ["88.68", "dose", () => gettext("Radiation dose report")],
  ["88.73", "dose", () => gettext("Radiation dose report")],
  ["88.59", "keys", () => gettext("Key image list")],
  ["88.", "report", () => gettext("Structured report")],
  ["104.1", "pdf", () => gettext("PDF document")],
  ["104.2", "document", () => gettext("Clinical document (CDA)")],
  ["104.", "model", () => gettext("3D model")],
  ["11.", "presentation", () => gettext("Presentation state")],
  ["9.", "waveform", () => gettext("Waveform (ECG or pressure curve)")],
  ["66.1", "registration", () => gettext("Spatial registration")],
  ["66.2", "fiducials", () => gettext("Spatial fiducials")],
  ["66", "raw", () => gettext("Raw data")],
  ["67", "mapping", () => gettext("Real world value mapping")],
  ["481.3", "structures", () => gettext("Radiotherapy structures")],
  ["481.", "plan", () => gettext("Radiotherapy plan")],
];

/** The kind of an object without pixels: a short code and its words. */
export function kindOf(dataset) {
  const suffix = text(dataset, "00080016").replace(STORAGE, "");
  const found = KINDS.find(([prefix]) => suffix.startsWith(prefix));
  return found
    ? { code: found[1], words: found[2]() }
    : { code: "other", words: gettext("An object without images") };
}

/** Whether the header promises pixels. */
export function hasPixels(dataset) {
  return (number(dataset, "00280010") ?? 0) > 0 && (number(dataset, "00280011") ?? 0) > 0;
}

export function isVideo(dataset) {
  return VIDEO.test(storedSyntax(dataset));
}

/** The transfer syntax as the archive keeps it (Available Transfer Syntax UID), or as the file says. */
export function storedSyntax(dataset) {
  return text(dataset, "00083002") || text(dataset, "00020010");
}
