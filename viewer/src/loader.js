// From a frame to an image of the drawing engine. Every frame is asked for once: the engine's cache and
// its pending loads are the memory of it, and a frame that failed for good stays failed.

import { cache, imageLoader } from "@cornerstonejs/core";
import { createImage } from "@cornerstonejs/dicom-image-loader";
import { number } from "./attributes.js";
import { fetchFrame, fetchPicture } from "./archive.js";
import { tell } from "./bus.js";
import { nativeSize, pixelType, whyDrawn } from "./decoding.js";
import { Fault } from "./fault.js";
import { frameOf } from "./frames.js";
import { engineImage } from "./images.js";
import { rescaleOf, windowsOf } from "./modules.js";
import { isNative, nativeImage } from "./native.js";
import { gettext } from "./text.js";

const LONGEST_DECODING = 30_000; // milliseconds

/** Teach the engine the scheme `frame:`. */
export function registerFrameLoader() {
  imageLoader.registerImageLoader("frame", (imageId, options) => ({
    promise: load(frameOf(imageId), options?.requestType !== "prefetch"),
  }));
}

/** Fetch a frame before anybody waits for it. */
export function loadAhead(frame) {
  return imageLoader.loadAndCacheImage(frame.imageId, { requestType: "prefetch", priority: 0 });
}

export function isLoaded(frame) {
  return cache.isLoaded(frame.imageId);
}

/** Forget that a frame failed, so that it is asked for again. */
export function forgetFault(frame) {
  frame.fault = null;
  frame.trouble = null;
  frame.stack.failed.delete(frame);
}

async function load(frame, isWish) {
  if (frame.fault) throw frame.fault;
  try {
    const image = await storedOrDrawn(frame, isWish);
    frame.trouble = null;
    frame.stack.loaded.add(frame);
    tell("frame", { frame });
    return image;
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault(gettext("The stored pixels cannot be decoded."));
    noteTrouble(frame, fault);
    tell("frame", { frame });
    throw fault;
  }
}

/** What passes (a closed door, a tired server) is asked again next time; what is broken stays broken. */
function noteTrouble(frame, fault) {
  frame.trouble = fault;
  if (fault.mayRetry) return;
  frame.fault = fault;
  frame.stack.failed.add(frame);
}

async function storedOrDrawn(frame, isWish) {
  const why = whyDrawn(frame);
  if (why) return drawn(frame, why, isWish);
  const { bytes, transferSyntax } = await fetchFrame(frame.url, isWish);
  try {
    return await decoded(frame, bytes, transferSyntax);
  } catch (fault) {
    return drawn(frame, gettext("the stored pixels could not be decoded here"), isWish, fault);
  }
}

async function decoded(frame, bytes, transferSyntax) {
  const expected = nativeSize(frame.attributes, transferSyntax);
  if (expected && bytes.length < expected) throw new Fault(gettext("The pixel data end too early."));
  const pixels = expected && bytes.length > expected ? bytes.slice(0, expected) : bytes;
  const image = isNative(frame, transferSyntax)
    ? nativeImage(frame, pixels)
    : await decodedByWorker(frame, pixels, transferSyntax);
  checkSize(frame, image);
  if (!image.color && !windowsOf(frame.attributes).windowCenter) suggestWindow(image, paddingOf(frame));
  return image;
}

/** A worker that never answers (its script did not come) must not leave a person waiting for ever. */
function decodedByWorker(frame, pixels, transferSyntax) {
  const decoding = createImage(frame.imageId, pixels, transferSyntax, {
    useRGBA: false,
    targetBuffer: { type: pixelType(frame) },
  });
  const giveUp = new Promise((_, reject) => {
    setTimeout(() => reject(new Fault(gettext("Decoding took too long."))), LONGEST_DECODING);
  });
  return Promise.race([decoding, giveUp]);
}

/** A picture of another size than the header says is not the picture the header speaks of. */
function checkSize({ attributes }, image) {
  const isAsSaid =
    image.rows === number(attributes, "00280010") && image.columns === number(attributes, "00280011");
  if (!isAsSaid || image.getPixelData().length !== image.rows * image.columns * image.numberOfComponents) {
    throw new Fault(gettext("The pixel data do not fit the size of the image."));
  }
}

/** The value of pixels that are no part of the picture, after the rescale. */
function paddingOf({ attributes }) {
  const padding = number(attributes, "00280120");
  const { rescaleSlope, rescaleIntercept } = rescaleOf(attributes);
  return padding === undefined ? undefined : padding * rescaleSlope + rescaleIntercept;
}

/** A window for a picture that suggests none: from its darkest to its brightest, without outliers. */
function suggestWindow(image, padding) {
  const pixels = image.getPixelData();
  const step = Math.max(1, Math.floor(pixels.length / 20000));
  const sample = Float32Array.from(
    { length: Math.floor(pixels.length / step) },
    (_, index) => pixels[index * step],
  )
    .filter((value) => value !== padding)
    .sort();
  const at = (part) => sample[Math.min(sample.length - 1, Math.floor(part * sample.length))];
  const [low, high] = [at(0.01), at(0.995)];
  if (!(high > low)) return;
  image.windowWidth = high - low;
  image.windowCenter = low + (high - low) / 2;
}

/**
 * The archive's drawing of a frame as an image. When it cannot draw it either, its reason is the better
 * one; without a reason the `earlier` fault that led here is said.
 */
async function drawn(frame, why, isWish, earlier) {
  try {
    const picture = await createImageBitmap(await fetchPicture(`${frame.url}/rendered`, isWish));
    return imageOf(frame, picture, why);
  } catch (fault) {
    throw earlier && !fault.mayRetry && fault.status !== 422 ? earlier : fault;
  }
}

function imageOf(frame, picture, why) {
  const { width: columns, height: rows } = picture;
  const canvas = new OffscreenCanvas(columns, rows);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0);
  picture.close();
  const { pixels, components } = withoutAlpha(context.getImageData(0, 0, columns, rows).data);
  frame.drawn = { rows, columns, components, why };
  return engineImage(frame, { pixels, rows, columns, components, least: 0, most: 255 });
}

function withoutAlpha(rgba) {
  const count = rgba.length / 4;
  const rgb = new Uint8Array(count * 3);
  const grey = new Uint8Array(count);
  let isGrey = true;
  for (let from = 0, to = 0, at = 0; at < count; from += 4, to += 3, at += 1) {
    const [red, green, blue] = [rgba[from], rgba[from + 1], rgba[from + 2]];
    rgb[to] = red;
    rgb[to + 1] = green;
    rgb[to + 2] = blue;
    grey[at] = green;
    isGrey &&= Math.abs(red - green) < 3 && Math.abs(blue - green) < 3;
  }
  return isGrey ? { pixels: grey, components: 1 } : { pixels: rgb, components: 3 };
}
