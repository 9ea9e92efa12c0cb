// A frame's attributes in the shape the drawing engine asks for (its "metadata modules").

import { Enums } from "@cornerstonejs/core";
import { items, number, numbers, text, value } from "./attributes.js";
import { frameOf } from "./frames.js";
import { orientationOf, positionOf, spacingOf } from "./geometry.js";
import { storedSyntax } from "./kinds.js";

const { MetadataModules: M, CalibrationTypes } = Enums;

const MODULES = {
  [M.IMAGE_PLANE]: plane,
  [M.IMAGE_PIXEL]: pixels,
  [M.VOI_LUT]: ({ attributes, drawn }) =>
    drawn ? { windowCenter: [128], windowWidth: [256] } : windowsOf(attributes),
  [M.MODALITY_LUT]: ({ attributes, drawn }) => (drawn ? {} : rescaleOf(attributes)),
  [M.CALIBRATION]: calibration,
  [M.GENERAL_SERIES]: ({ attributes }) => ({
    modality: text(attributes, "00080060") || "OT",
    seriesInstanceUID: text(attributes, "0020000E"),
    studyInstanceUID: text(attributes, "0020000D"),
    seriesNumber: number(attributes, "00200011"),
  }),
  [M.GENERAL_IMAGE]: ({ attributes }) => ({
    sopInstanceUID: text(attributes, "00080018"),
    instanceNumber: number(attributes, "00200013"),
  }),
  [M.SOP_COMMON]: ({ attributes }) => ({
    sopClassUID: text(attributes, "00080016"),
    sopInstanceUID: text(attributes, "00080018"),
  }),
  [M.PET_SERIES]: ({ attributes }) => ({ units: text(attributes, "00541001") }),
  [M.TRANSFER_SYNTAX]: ({ attributes }) => ({ transferSyntaxUID: storedSyntax(attributes) }),
};

/** The provider to register with the engine. */
export function provideModule(type, imageId) {
  const module = MODULES[type];
  const frame = module && typeof imageId === "string" ? frameOf(imageId) : undefined;
  return frame ? module(frame) : undefined;
}

function plane({ attributes, drawn }) {
  const orientation = orientationOf(attributes) ?? { row: [1, 0, 0], column: [0, 1, 0] };
  const [rows, columns] = [number(attributes, "00280010"), number(attributes, "00280011")];
  const spacing = spacingOf(attributes);
  // A drawing may have other measures than the stored picture: its pixels are larger or smaller then.
  const [perRow, perColumn] = drawn ? [rows / drawn.rows, columns / drawn.columns] : [1, 1];
  const [rowSpacing, columnSpacing] = spacing ? [spacing.row, spacing.column] : aspectOf(attributes);
  return {
    frameOfReferenceUID: text(attributes, "00200052") || undefined,
    rows: drawn?.rows ?? rows,
    columns: drawn?.columns ?? columns,
    imageOrientationPatient: [...orientation.row, ...orientation.column],
    rowCosines: orientation.row,
    columnCosines: orientation.column,
    imagePositionPatient: positionOf(attributes) ?? [0, 0, 0],
    sliceThickness: number(attributes, "00180050"),
    sliceLocation: number(attributes, "00201041"),
    pixelSpacing: [rowSpacing * perRow, columnSpacing * perColumn],
    rowPixelSpacing: rowSpacing * perRow,
    columnPixelSpacing: columnSpacing * perColumn,
    usingDefaultValues: !spacing,
  };
}

function aspectOf(attributes) {
  const [high, wide] = numbers(attributes, "00280034", 2) ?? [1, 1];
  return high > 0 && wide > 0 ? [high / wide, 1] : [1, 1];
}

function pixels({ attributes, drawn }) {
  if (drawn) return drawnPixels(drawn);
  return {
    samplesPerPixel: number(attributes, "00280002") ?? 1,
    photometricInterpretation: text(attributes, "00280004") || "MONOCHROME2",
    rows: number(attributes, "00280010"),
    columns: number(attributes, "00280011"),
    bitsAllocated: number(attributes, "00280100"),
    bitsStored: number(attributes, "00280101"),
    highBit: number(attributes, "00280102"),
    pixelRepresentation: number(attributes, "00280103") ?? 0,
    planarConfiguration: number(attributes, "00280006") ?? 0,
  };
}

function drawnPixels({ rows, columns, components }) {
  return {
    samplesPerPixel: components,
    photometricInterpretation: components === 3 ? "RGB" : "MONOCHROME2",
    rows,
    columns,
    bitsAllocated: 8,
    bitsStored: 8,
    highBit: 7,
    pixelRepresentation: 0,
    planarConfiguration: 0,
  };
}

/** The windows a frame suggests; those of no width say nothing and are left out. */
export function windowsOf(attributes) {
  const centers = numbers(attributes, "00281050") ?? [];
  const widths = numbers(attributes, "00281051") ?? [];
  const usable = centers.map((center, index) => [center, widths[index]]).filter(([, width]) => width > 0);
  if (usable.length) {
    return {
      windowCenter: usable.map(([center]) => center),
      windowWidth: usable.map(([, width]) => width),
      voiLUTFunction: text(attributes, "00281056") ? [text(attributes, "00281056")] : undefined,
    };
  }
  return windowOfTable(items(attributes, "00283010")[0]);
}

/** A VOI LUT without a window beside it: the window that spans the table's input. */
function windowOfTable(table) {
  const descriptor = table && numbers(table, "00283002", 3);
  if (!descriptor) return {};
  const [entries, first] = [descriptor[0] || 65536, descriptor[1]];
  return { windowCenter: [first + entries / 2], windowWidth: [entries] };
}

/** Slope and intercept of the modality LUT; a slope of zero would flatten the picture and is not believed. */
export function rescaleOf(attributes) {
  return {
    rescaleSlope: number(attributes, "00281053") || 1,
    rescaleIntercept: number(attributes, "00281052") ?? 0,
    rescaleType: text(attributes, "00281054") || undefined,
  };
}

function calibration({ attributes }) {
  const regions = items(attributes, "00186011").map(regionOf).filter(Boolean);
  if (regions.length) return { sequenceOfUltrasoundRegions: regions };
  return spacingOf(attributes)?.where === "detector" ? { type: CalibrationTypes.PROJECTION } : {};
}

function regionOf(item) {
  const region = {
    regionLocationMinX0: number(item, "00186018"),
    regionLocationMinY0: number(item, "0018601A"),
    regionLocationMaxX1: number(item, "0018601C"),
    regionLocationMaxY1: number(item, "0018601E"),
    physicalUnitsXDirection: number(item, "00186024"),
    physicalUnitsYDirection: number(item, "00186026"),
    physicalDeltaX: number(item, "0018602C"),
    physicalDeltaY: number(item, "0018602E"),
    regionSpatialFormat: number(item, "00186012"),
    regionDataType: number(item, "00186014"),
    referencePixelX0: number(item, "00186020") ?? 0,
    referencePixelY0: number(item, "00186022") ?? 0,
  };
  return region.physicalDeltaX && region.physicalDeltaY ? region : undefined;
}

/** The units of pixel values, for statistics: "HU", a PET unit, the rescale type, or nothing. */
export function unitOf(frame) {
  if (!frame || frame.drawn) return "";
  const { attributes } = frame;
  const type = text(attributes, "00281054");
  if (type && type !== "US") return type;
  const isCt = text(attributes, "00080060") === "CT" && value(attributes, "00281053") !== undefined;
  return isCt ? "HU" : text(attributes, "00541001");
}
