// What the pointer does. One tool answers the left button and one finger; zoom is always on the right
// button and two fingers, pan on the middle one, scroll on the wheel.

import {
  AngleTool,
  CrosshairsTool,
  EllipticalROITool,
  Enums,
  LengthTool,
  PanTool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
  addTool,
  annotation,
  cancelActiveManipulations,
} from "@cornerstonejs/tools";
import { tell } from "./bus.js";
import { ellipseLines, angleLines, lengthLines } from "./measurement_text.js";

const { MouseBindings: Mouse } = Enums;
const STACKS = "stacks";
const PLANES = "planes";

const TOOLS = {
  window: WindowLevelTool,
  zoom: ZoomTool,
  pan: PanTool,
  scroll: StackScrollTool,
  length: LengthTool,
  angle: AngleTool,
  ellipse: EllipticalROITool,
  crosshairs: CrosshairsTool,
};
const MEASURING = new Set(["length", "angle", "ellipse"]);
const ALWAYS = {
  zoom: [{ mouseButton: Mouse.Secondary }, { numTouchPoints: 2 }],
  pan: [{ mouseButton: Mouse.Auxiliary }],
  scroll: [{ mouseButton: Mouse.Wheel }],
};
const CHOSEN = [{ mouseButton: Mouse.Primary }, { numTouchPoints: 1 }];
const PLANE_COLOURS = { axial: "#e5727a", coronal: "#7fc98b", sagittal: "#e3c567" };

let chosen = "window";

/** Make the two tool groups: one for stacks, one for the planes of a volume. */
export function startTools() {
  Object.values(TOOLS).forEach((tool) => addTool(tool));
  for (const [id, names] of [
    [STACKS, stackTools()],
    [PLANES, Object.keys(TOOLS)],
  ]) {
    const group = ToolGroupManager.createToolGroup(id);
    for (const name of names) group.addTool(TOOLS[name].toolName, configurationOf(name));
  }
  annotation.config.style.setDefaultToolStyles({
    global: {
      ...annotation.config.style.getDefaultToolStyles().global,
      color: "#f2d24b",
      colorHighlighted: "#8fc7ff",
      colorSelected: "#8fc7ff",
      textBoxColor: "#f7e7a6",
      textBoxColorHighlighted: "#cfe6ff",
      textBoxColorSelected: "#cfe6ff",
      textBoxFontFamily: "system-ui, sans-serif",
      textBoxFontSize: "13px",
      lineWidth: "1.5",
    },
  });
  chooseTool(window.matchMedia("(pointer: coarse)").matches ? "scroll" : "window");
}

function stackTools() {
  return Object.keys(TOOLS).filter((name) => name !== "crosshairs");
}

function configurationOf(name) {
  if (name === "ellipse") return { getTextLines: ellipseLines };
  if (name === "length") return { getTextLines: lengthLines };
  if (name === "angle") return { getTextLines: angleLines };
  if (name !== "crosshairs") return {};
  return {
    getReferenceLineColor: (viewportId) => PLANE_COLOURS[viewportId],
    getReferenceLineDraggableRotatable: () => false,
    getReferenceLineSlabThicknessControlsOn: () => false,
    mobile: { enabled: false }, // its handles would turn and thicken planes, which we do not offer
  };
}

export function planeColour(plane) {
  return PLANE_COLOURS[plane];
}

/** Put a tool on the left button. */
export function chooseTool(name) {
  chosen = name;
  bind(ToolGroupManager.getToolGroup(STACKS), stackTools(), name === "crosshairs" ? "window" : name);
  const planes = ToolGroupManager.getToolGroup(PLANES);
  if (planes.viewportsInfo.length) bind(planes, Object.keys(TOOLS), name);
  tell("tools");
}

export function chosenTool() {
  return chosen;
}

function bind(group, names, primary) {
  for (const name of names) group.setToolPassive(TOOLS[name].toolName, { removeAllBindings: true });
  if (names.includes("crosshairs") && primary !== "crosshairs") {
    group.setToolEnabled(CrosshairsTool.toolName);
  }
  const active = names.filter((name) => name !== primary && ALWAYS[name]);
  for (const name of active) group.setToolActive(TOOLS[name].toolName, { bindings: ALWAYS[name] });
  group.setToolActive(TOOLS[primary].toolName, { bindings: [...CHOSEN, ...(ALWAYS[primary] ?? [])] });
}

/** Let the pointer work in a viewport. */
export function addViewport(viewportId, engineId, ofPlanes = false) {
  ToolGroupManager.getToolGroup(ofPlanes ? PLANES : STACKS).addViewport(viewportId, engineId);
}

export function removeViewport(viewportId, engineId, ofPlanes = false) {
  ToolGroupManager.getToolGroup(ofPlanes ? PLANES : STACKS).removeViewports(engineId, viewportId);
}

/** Bindings anew, after the viewports of the planes came or went. */
export function bindAgain() {
  chooseTool(chosen);
}

export function isMeasuring() {
  return MEASURING.has(chosen);
}

/** Give up a measurement that is being drawn; the answer says whether there was one. */
export function cancelDrawing(element) {
  return Boolean(element && cancelActiveManipulations(element));
}

export const MEASURING_TOOLS = [...MEASURING].map((name) => TOOLS[name].toolName);
