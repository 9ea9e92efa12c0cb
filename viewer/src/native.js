// Uncompressed frames become images right here: for them a worker would only cost a start and a copy.

import { number, text } from "./attributes.js";
import { engineImage } from "./images.js";
import { rescaleOf } from "./modules.js";
import { pixelType } from "./decoding.js";

const LITTLE_ENDIAN = new Set(["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.1.99"]);
const MOST_SAMPLES = 4 * 2 ** 20; // more would hold up the page for longer than one picture of a film
const ARRAYS = { Uint8Array, Int16Array, Uint16Array, Float32Array };

/** Whether a frame of this syntax can be read in place. */
export function isNative({ attributes }, transferSyntax) {
  const samples = number(attributes, "00280010") * number(attributes, "00280011");
  const isGrey = /^MONOCHROME[12]$/.test(text(attributes, "00280004"));
  return (
    LITTLE_ENDIAN.has(transferSyntax) &&
    isGrey &&
    samples <= MOST_SAMPLES &&
    (number(attributes, "00280002") ?? 1) === 1
  );
}

/** The image of an uncompressed greyscale frame, its values rescaled (modality LUT). */
export function nativeImage(frame, bytes) {
  const { attributes } = frame;
  const rescale = rescaleOf(attributes);
  const { pixels, least, most } = rescaled(
    storedValues(attributes, bytes),
    rescale,
    ARRAYS[pixelType(frame)],
  );
  return engineImage(frame, {
    pixels,
    rows: number(attributes, "00280010"),
    columns: number(attributes, "00280011"),
    components: 1,
    least,
    most,
    rescale,
  });
}

function storedValues(attributes, bytes) {
  const isSigned = number(attributes, "00280103") === 1;
  if (number(attributes, "00280100") === 8)
    return signExtended(attributes, isSigned ? new Int8Array(bytes.buffer) : bytes, isSigned);
  return signExtended(
    attributes,
    isSigned ? new Int16Array(bytes.buffer) : new Uint16Array(bytes.buffer),
    isSigned,
  );
}

/** Signed values of fewer bits than their words: the sign stands in the highest stored bit. */
function signExtended(attributes, values, isSigned) {
  const [allocated, stored] = [number(attributes, "00280100"), number(attributes, "00280101")];
  if (!isSigned || !stored || stored >= allocated) return values;
  const shift = 32 - stored;
  return values.map((value) => (value << shift) >> shift);
}

/** Values beyond the array's range are held at its ends: a wrapped value would turn white into black. */
function rescaled(values, { rescaleSlope: slope, rescaleIntercept: intercept }, PixelArray) {
  const pixels = new PixelArray(values.length);
  const [lowest, highest] = PixelArray === Int16Array ? [-32768, 32767] : [-Infinity, Infinity];
  let least = Infinity;
  let most = -Infinity;
  for (let at = 0; at < values.length; at += 1) {
    const value = Math.max(lowest, Math.min(highest, values[at] * slope + intercept));
    pixels[at] = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { pixels, least, most };
}
