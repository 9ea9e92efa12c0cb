// Whether the browser can turn a frame's stored bytes into pixels, and into pixels of which type.
// What it cannot, the archive draws.

import { items, number, text } from "./attributes.js";
import { storedSyntax } from "./kinds.js";
import { rescaleOf } from "./modules.js";
import { gettext } from "./text.js";

const NATIVE = new Set([
  "1.2.840.10008.1.2",
  "1.2.840.10008.1.2.1",
  "1.2.840.10008.1.2.2",
  "1.2.840.10008.1.2.1.99",
]);
const RLE = "1.2.840.10008.1.2.5";
const JPEG_8 = "1.2.840.10008.1.2.4.50";
const JPEG = new Set([JPEG_8, "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.57", "1.2.840.10008.1.2.4.70"]);
const JPEG_LS = new Set(["1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"]);
const WAVELET = new Set([
  "1.2.840.10008.1.2.4.90",
  "1.2.840.10008.1.2.4.91",
  "1.2.840.10008.1.2.4.201",
  "1.2.840.10008.1.2.4.202",
  "1.2.840.10008.1.2.4.203",
]);

/** Why the archive must draw this frame; null when the browser decodes it. */
export function whyDrawn({ attributes }) {
  const bits = number(attributes, "00280100");
  const stored = number(attributes, "00280101") ?? bits;
  if (bits !== 8 && bits !== 16) return gettext("unusual pixel depth");
  if ((number(attributes, "00280102") ?? stored - 1) !== stored - 1) return gettext("unusual pixel depth");
  if (items(attributes, "00283000").length) return gettext("a table of pixel values");
  const syntax = storedSyntax(attributes);
  const isGrey = /^MONOCHROME[12]$/.test(text(attributes, "00280004"));
  if (isGrey) return decodesGrey(syntax) ? null : gettext("a compression this browser does not read");
  return decodesColour(syntax, attributes, bits)
    ? null
    : gettext("a colour model this browser does not read");
}

function decodesGrey(syntax) {
  return (
    !syntax ||
    NATIVE.has(syntax) ||
    syntax === RLE ||
    JPEG.has(syntax) ||
    JPEG_LS.has(syntax) ||
    WAVELET.has(syntax)
  );
}

function decodesColour(syntax, attributes, bits) {
  if (bits !== 8 || (number(attributes, "00280002") ?? 1) !== 3) return false;
  const model = text(attributes, "00280004");
  if (syntax === JPEG_8) return ["RGB", "YBR_FULL", "YBR_FULL_422"].includes(model);
  if (!syntax || NATIVE.has(syntax) || syntax === RLE) return ["RGB", "YBR_FULL"].includes(model);
  if (WAVELET.has(syntax)) return ["RGB", "YBR_RCT", "YBR_ICT"].includes(model);
  return model === "RGB" && decodesGrey(syntax);
}

/** How many bytes a frame of an uncompressed syntax must have; undefined for a compressed one. */
export function nativeSize(attributes, syntax) {
  if (!NATIVE.has(syntax)) return undefined;
  const samples =
    number(attributes, "00280010") * number(attributes, "00280011") * (number(attributes, "00280002") ?? 1);
  return (samples * number(attributes, "00280100")) / 8;
}

/**
 * The array type that holds every possible value of a frame after its rescale. One type for all frames
 * of a series lets the engine swap pictures in place and build volumes without copying.
 */
export function pixelType({ attributes }) {
  const bits = number(attributes, "00280101") ?? 16;
  const isSigned = number(attributes, "00280103") === 1;
  const { rescaleSlope: slope, rescaleIntercept: intercept } = rescaleOf(attributes);
  if (!Number.isInteger(slope) || !Number.isInteger(intercept)) return "Float32Array";
  // Hounsfield units fit; a scanner that announces 16 bits does not use them all.
  if (text(attributes, "00080060") === "CT") return "Int16Array";
  const stored = isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const ends = stored.map((one) => one * slope + intercept);
  return smallestTypeFor(Math.min(...ends), Math.max(...ends));
}

function smallestTypeFor(least, most) {
  if (least >= 0 && most <= 255) return "Uint8Array";
  if (least >= -32768 && most <= 32767) return "Int16Array";
  if (least >= 0 && most <= 65535) return "Uint16Array";
  return "Float32Array";
}
