// Commands that act on the picture of the active pane.

import { needsColourless, needsImage, needsStack } from "./conditions.js";
import {
  areMeasurementsHidden,
  measurements,
  removeAllMeasurements,
  removeMeasurement,
  showMeasurements,
} from "./measurements.js";
import { applyPreset, presetsFor } from "./presets.js";
import { gettext } from "./text.js";
import { chooseTool, chosenTool } from "./tools.js";

function tool(id, words, keys, group = "tool", more = {}) {
  return {
    id,
    group,
    words,
    icon: id,
    keys,
    run: () => chooseTool(id),
    isOn: () => chosenTool() === id,
    ...more,
  };
}

/** The pointer's tools and measuring. */
export function tools() {
  return [
    tool("window", gettext("Window"), ["w"]),
    {
      id: "presets",
      group: "tool",
      words: gettext("Window presets"),
      icon: "down",
      keys: [],
      menu: presetMenu,
      why: needsColourless,
    },
    tool("scroll", gettext("Scroll"), ["s"]),
    tool("zoom", gettext("Zoom"), ["z"]),
    tool("pan", gettext("Move"), ["p"]),
    tool("crosshairs", gettext("Crosshairs"), ["c"], "tool", {
      why: ({ planes }) => (planes ? null : gettext("Crosshairs belong to the planes of a volume.")),
    }),
    tool("length", gettext("Length"), ["l"], "measure"),
    tool("angle", gettext("Angle"), ["a"], "measure"),
    tool("ellipse", gettext("Ellipse with statistics"), ["e"], "measure"),
    {
      id: "remove",
      group: "measure",
      words: gettext("Remove measurement"),
      icon: "remove",
      keys: ["Delete", "Backspace"],
      run: removeMeasurement,
      why: () => (measurements().length ? null : gettext("There is no measurement.")),
    },
    {
      id: "remove-all",
      group: "measure",
      words: gettext("Remove all measurements"),
      keys: ["Shift+Delete"],
      run: removeAllMeasurements,
    },
    {
      id: "hide",
      group: "measure",
      words: gettext("Hide measurements"),
      icon: "hide",
      keys: ["m"],
      run: () => showMeasurements(areMeasurementsHidden()),
      isOn: areMeasurementsHidden,
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

/** How the picture is shown, and the film. */
export function picture() {
  const view =
    (run) =>
    ({ active }) =>
      run(active.view);
  return [
    {
      id: "invert",
      group: "picture",
      words: gettext("Invert"),
      icon: "invert",
      keys: ["i"],
      run: view((one) => one.invert()),
      why: needsColourless,
    },
    {
      id: "turn",
      group: "picture",
      words: gettext("Turn right"),
      icon: "turn",
      keys: ["r"],
      run: view((one) => one.turn(90)),
      why: needsStack,
    },
    {
      id: "turn-left",
      group: "picture",
      words: gettext("Turn left"),
      keys: ["Shift+R"],
      run: view((one) => one.turn(-90)),
      why: needsStack,
    },
    {
      id: "mirrorHorizontal",
      group: "picture",
      words: gettext("Mirror left and right"),
      icon: "mirrorHorizontal",
      keys: ["h"],
      run: view((one) => one.mirror("horizontal")),
      why: needsStack,
    },
    {
      id: "mirrorVertical",
      group: "picture",
      words: gettext("Mirror top and bottom"),
      icon: "mirrorVertical",
      keys: ["v"],
      run: view((one) => one.mirror("vertical")),
      why: needsStack,
    },
    {
      id: "reset",
      group: "picture",
      words: gettext("Reset the view"),
      icon: "reset",
      keys: ["0"],
      run: (desk) => desk.reset(),
      why: needsImage,
    },
    {
      id: "larger",
      group: "picture",
      words: gettext("Larger"),
      keys: ["+"],
      run: view((one) => one.zoomBy(1.2)),
      why: needsImage,
    },
    {
      id: "smaller",
      group: "picture",
      words: gettext("Smaller"),
      keys: ["-"],
      run: view((one) => one.zoomBy(1 / 1.2)),
      why: needsImage,
    },
    {
      id: "play",
      group: "film",
      words: gettext("Play as a film"),
      icon: "play",
      keys: ["Space"],
      run: ({ active }) => active.cine.toggle(),
      isOn: ({ active }) => Boolean(active?.cine?.isPlaying),
      why: (desk) =>
        needsStack(desk) ?? (desk.active.cine.canPlay() ? null : gettext("There is only one image.")),
    },
  ];
}
