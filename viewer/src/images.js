// Images of the drawing engine, made by us: of uncompressed frames and of the archive's drawings.

import { utilities } from "@cornerstonejs/core";
import { provideModule } from "./modules.js";

const NO_RESCALE = { rescaleSlope: 1, rescaleIntercept: 0 };

/**
 * @param {object} frame
 * @param {{pixels: TypedArray, rows: number, columns: number, components: number, least: number,
 *   most: number, rescale?: object}} given  pixels are rescaled already; `rescale` says how
 */
export function engineImage(frame, { pixels, rows, columns, components, least, most, rescale = NO_RESCALE }) {
  const { imageId } = frame;
  const voxelManager = utilities.VoxelManager.createImageVoxelManager({
    scalarData: pixels,
    width: columns,
    height: rows,
    numberOfComponents: components,
  });
  return {
    imageId,
    ...shapeOf({ pixels, rows, columns, components }),
    ...spacingOf(imageId),
    ...rescaleFields(frame, rescale),
    ...windowFields(imageId, components, least, most),
    minPixelValue: least,
    maxPixelValue: most,
    calibration: provideModule("calibrationModule", imageId) ?? {},
    voxelManager,
    imageFrame: frameFields(imageId, least, most),
    getPixelData: () => voxelManager.getScalarData(),
    getCanvas: undefined,
  };
}

function shapeOf({ pixels, rows, columns, components }) {
  return {
    dataType: pixels.constructor.name,
    color: components === 3,
    rgba: false,
    rows,
    columns,
    height: rows,
    width: columns,
    numberOfComponents: components,
    sizeInBytes: pixels.byteLength,
  };
}

function spacingOf(imageId) {
  const { columnPixelSpacing, rowPixelSpacing } = provideModule("imagePlaneModule", imageId);
  return { columnPixelSpacing, rowPixelSpacing };
}

function rescaleFields(frame, { rescaleSlope, rescaleIntercept }) {
  const isRescaled = rescaleSlope !== 1 || rescaleIntercept !== 0;
  const { modality } = provideModule("generalSeriesModule", frame.imageId);
  const scalingParameters = { rescaleSlope, rescaleIntercept, modality };
  return {
    slope: rescaleSlope,
    intercept: rescaleIntercept,
    preScale: isRescaled ? { enabled: true, scaled: true, scalingParameters } : { enabled: false },
  };
}

function windowFields(imageId, components, least, most) {
  const { windowCenter, windowWidth, voiLUTFunction } = provideModule("voiLutModule", imageId);
  if (components === 3) return { windowCenter: 128, windowWidth: 256, invert: false };
  const { photometricInterpretation } = provideModule("imagePixelModule", imageId);
  return {
    windowCenter: windowCenter?.[0] ?? (least + most + 1) / 2,
    windowWidth: windowWidth?.[0] ?? most - least + 1,
    voiLUTFunction: voiLUTFunction?.[0],
    invert: photometricInterpretation === "MONOCHROME1",
  };
}

function frameFields(imageId, least, most) {
  const { photometricInterpretation } = provideModule("imagePixelModule", imageId);
  return { photometricInterpretation, smallestPixelValue: least, largestPixelValue: most };
}
