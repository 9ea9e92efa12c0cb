// Everything a person can do, as one table. The tool bar, the keyboard and the help read it; each entry
// says its words, its keys, whether it is on, and why it cannot be done now.

import { hasImages } from "./catalogue.js";
import { whyDrawn } from "./decoding.js";
import { canDrawPlanes } from "./engine.js";
import { whyNoVolume } from "./geometry.js";
import { areMeasurementsHidden, measurements, removeAllMeasurements, removeMeasurement, showMeasurements } from "./measurements.js";
import { applyPreset, presetsFor } from "./presets.js";
import { fill, gettext } from "./text.js";
import { chooseTool, chosenTool } from "./tools.js";

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} group  commands of a group stand together
 * @property {string} words
 * @property {string} [icon]  only commands with an icon stand in the tool bar
 * @property {string[]} keys
 * @property {(desk: object) => void} [run]
 * @property {(desk: object) => object[]} [menu]  choices instead of an action
 * @property {(desk: object) => boolean} [isOn]
 * @property {(desk: object) => string|null} [why]  the reason it cannot be done now
 */

const noImages = () => gettext("There is no image in this pane.");
const needsImage = ({ active }) => (active?.hasImages && active.view ? null : noImages());
const needsStack = (desk) => needsImage(desk) ?? (desk.planes ? gettext("Not in the planes of a volume.") : null);
const needsColourless = (desk) => needsImage(desk) ?? (isColour(desk.active) ? gettext("Colour images have no window.") : null);
const isColour = (pane) => Boolean(pane.viewport?.getCornerstoneImage?.()?.color);

function tool(id, words, keys, group = "tool", more = {}) {
  return { id, group, words, icon: id, keys, run: () => chooseTool(id), isOn: () => chosenTool() === id, ...more };
}

export function allCommands() {
  return [...tools(), ...picture(), ...stage(), ...page(), ...movement()];
}

function tools() {
  return [
    tool("window", gettext("Window"), ["w"]),
    { id: "presets", group: "tool", words: gettext("Window presets"), icon: "down", keys: [], menu: presetMenu, why: needsColourless },
    tool("scroll", gettext("Scroll"), ["s"]),
    tool("zoom", gettext("Zoom"), ["z"]),
    tool("pan", gettext("Move"), ["p"]),
    tool("crosshairs", gettext("Crosshairs"), ["c"], "tool", { why: ({ planes }) => (planes ? null : gettext("Crosshairs belong to the planes of a volume.")) }),
    tool("length", gettext("Length"), ["l"], "measure"),
    tool("angle", gettext("Angle"), ["a"], "measure"),
    tool("ellipse", gettext("Ellipse with statistics"), ["e"], "measure"),
    {
      id: "remove", group: "measure", words: gettext("Remove measurement"), icon: "remove", keys: ["Delete", "Backspace"],
      run: removeMeasurement, why: () => (measurements().length ? null : gettext("There is no measurement.")),
    },
    { id: "remove-all", group: "measure", words: gettext("Remove all measurements"), keys: ["Shift+Delete"], run: removeAllMeasurements },
    {
      id: "hide", group: "measure", words: gettext("Hide measurements"), icon: "hide", keys: ["m"],
      run: () => showMeasurements(areMeasurementsHidden()), isOn: areMeasurementsHidden,
    },
  ];
}

function presetMenu({ active }) {
  return presetsFor(active?.frame).map((preset, index) => ({
    words: preset.words,
    hint: preset.range ? "" : `${preset.width} / ${preset.center}`,
    key: String(index + 1),
    run: () => applyPreset(active, preset),
  }));
}

function picture() {
  const view = (run) => ({ active }) => run(active.view);
  return [
    { id: "invert", group: "picture", words: gettext("Invert"), icon: "invert", keys: ["i"], run: view((one) => one.invert()), why: needsColourless },
    { id: "turn", group: "picture", words: gettext("Turn right"), icon: "turn", keys: ["r"], run: view((one) => one.turn(90)), why: needsStack },
    { id: "turn-left", group: "picture", words: gettext("Turn left"), keys: ["Shift+R"], run: view((one) => one.turn(-90)), why: needsStack },
    { id: "mirrorHorizontal", group: "picture", words: gettext("Mirror left and right"), icon: "mirrorHorizontal", keys: ["h"], run: view((one) => one.mirror("horizontal")), why: needsStack },
    { id: "mirrorVertical", group: "picture", words: gettext("Mirror top and bottom"), icon: "mirrorVertical", keys: ["v"], run: view((one) => one.mirror("vertical")), why: needsStack },
    { id: "reset", group: "picture", words: gettext("Reset the view"), icon: "reset", keys: ["0"], run: (desk) => desk.reset(), why: needsImage },
    { id: "larger", group: "picture", words: gettext("Larger"), keys: ["+"], run: view((one) => one.zoomBy(1.2)), why: needsImage },
    { id: "smaller", group: "picture", words: gettext("Smaller"), keys: ["-"], run: view((one) => one.zoomBy(1 / 1.2)), why: needsImage },
    {
      id: "play", group: "film", words: gettext("Play as a film"), icon: "play", keys: ["Space"], run: ({ active }) => active.cine.toggle(),
      isOn: ({ active }) => Boolean(active?.cine?.isPlaying),
      why: (desk) => needsStack(desk) ?? (desk.active.cine.canPlay() ? null : gettext("There is only one image.")),
    },
  ];
}

function stage() {
  return [
    { id: "layout", group: "stage", words: gettext("Layout"), icon: "four", keys: ["g"], menu: layoutMenu, run: (desk) => desk.nextLayout() },
    {
      id: "planes", group: "stage", words: gettext("Planes of the volume (MPR)"), icon: "planes", keys: ["x"],
      run: (desk) => desk.togglePlanes(), isOn: ({ planes }) => Boolean(planes), why: whyNoPlanes,
    },
    {
      id: "link", group: "stage", words: gettext("Scroll panes together"), icon: "link", keys: ["k"],
      run: ({ link }) => link.toggle(), isOn: ({ link }) => link.isOn,
      why: (desk) => (desk.stage.panes.filter((pane) => pane.hasImages).length > 1 ? null : gettext("This needs two panes with images.")),
    },
    { id: "compare", group: "stage", words: gettext("Compare with another study"), icon: "compare", keys: ["o"], menu: (desk) => desk.otherStudies() },
  ];
}

function layoutMenu(desk) {
  return [["1x1", gettext("One pane"), "one"], ["1x2", gettext("Two panes"), "two"], ["2x2", gettext("Four panes"), "four"]].map(
    ([layout, words, icon]) => ({ words, icon, isOn: desk.stage.layout === layout, run: () => desk.setLayout(layout) }),
  );
}

/** Why the active stack cannot be cut; null when it can, or when its planes are open already. */
export function whyNoPlanes({ planes, active }) {
  if (planes) return null;
  const stack = active?.stack;
  if (!stack || !hasImages(stack)) return noImages();
  if (!canDrawPlanes()) return gettext("This browser cannot draw volumes (WebGL is missing).");
  const drawn = stack.frames.find((frame) => whyDrawn(frame));
  if (drawn) return fill(gettext("The archive draws these images: %(why)s."), { why: whyDrawn(drawn) });
  return whyNoVolume(stack.frames);
}

function page() {
  return [
    { id: "tags", group: "page", words: gettext("DICOM attributes"), icon: "tags", keys: ["t"], run: ({ tags }) => tags.toggle(), isOn: ({ tags }) => tags.isOpen() },
    { id: "strip", group: "page", words: gettext("Series beside the images"), icon: "strip", keys: ["b"], run: (desk) => desk.toggleStrip() },
    { id: "full", group: "page", words: gettext("Full screen"), icon: "full", keys: ["f"], run: (desk) => desk.toggleFull(), isOn: () => Boolean(document.fullscreenElement) },
    { id: "help", group: "page", words: gettext("Keys"), icon: "help", keys: ["?"], run: ({ help }) => help.toggle() },
  ];
}

function movement() {
  const go = (id, words, keys, run) => ({ id, group: "move", words, keys, run });
  const last = ({ active }) => (active.stack?.frames.length ?? 1) - 1;
  return [
    go("next", gettext("Next image"), ["ArrowDown", "ArrowRight", "j"], ({ active }) => active?.goBy(1)),
    go("previous", gettext("Previous image"), ["ArrowUp", "ArrowLeft"], ({ active }) => active?.goBy(-1)),
    go("ten-on", gettext("Ten images on"), ["Shift+ArrowDown", "Shift+ArrowRight"], ({ active }) => active?.goBy(10)),
    go("ten-back", gettext("Ten images back"), ["Shift+ArrowUp", "Shift+ArrowLeft"], ({ active }) => active?.goBy(-10)),
    go("first", gettext("First image"), ["Home"], ({ active }) => active?.goTo?.(0)),
    go("last", gettext("Last image"), ["End"], (desk) => desk.active?.goTo?.(last(desk))),
    go("next-series", gettext("Next series"), ["PageDown"], (desk) => desk.stepSeries(1)),
    go("previous-series", gettext("Previous series"), ["PageUp"], (desk) => desk.stepSeries(-1)),
    go("next-pane", gettext("Next pane"), ["n"], (desk) => desk.nextPane()),
    go("solo", gettext("This pane alone, or all again"), ["Enter"], ({ stage: one }) => one.toggleSolo()),
    ...Array.from({ length: 9 }, (_, index) => ({
      id: `preset-${index + 1}`, group: "preset", words: gettext("Window preset"), keys: [String(index + 1)], why: needsColourless,
      run: ({ active }) => {
        const preset = presetsFor(active.frame)[index];
        if (preset) applyPreset(active, preset);
      },
    })),
  ];
}
