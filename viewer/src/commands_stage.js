// Commands that act on the stage, the panels and the way through the images.

import { hasImages } from "./catalogue.js";
import { needsColourless, noImages } from "./conditions.js";
import { whyDrawn } from "./decoding.js";
import { canDrawPlanes } from "./engine.js";
import { whyNoVolume } from "./geometry.js";
import { applyPreset, presetsFor } from "./presets.js";
import { fill, gettext } from "./text.js";

/** What stands on the stage. */
export function stage() {
  return [
    {
      id: "layout",
      group: "stage",
      words: gettext("Layout"),
      icon: "four",
      keys: ["g"],
      menu: layoutMenu,
      run: (desk) => desk.nextLayout(),
    },
    {
      id: "planes",
      group: "stage",
      words: gettext("Planes of the volume (MPR)"),
      icon: "planes",
      keys: ["x"],
      run: (desk) => desk.togglePlanes(),
      isOn: ({ planes }) => Boolean(planes),
      why: whyNoPlanes,
    },
    {
      id: "link",
      group: "stage",
      words: gettext("Scroll panes together"),
      icon: "link",
      keys: ["k"],
      run: ({ link }) => link.toggle(),
      isOn: ({ link }) => link.isOn,
      why: (desk) =>
        desk.stage.panes.filter((pane) => pane.hasImages).length > 1
          ? null
          : gettext("This needs two panes with images."),
    },
    {
      id: "compare",
      group: "stage",
      words: gettext("Compare with another study"),
      icon: "compare",
      keys: ["o"],
      menu: (desk) => desk.otherStudies(),
    },
  ];
}

function layoutMenu(desk) {
  return [
    ["1x1", gettext("One pane"), "one"],
    ["1x2", gettext("Two panes"), "two"],
    ["2x2", gettext("Four panes"), "four"],
  ].map(([layout, words, icon]) => ({
    words,
    icon,
    isOn: desk.stage.layout === layout,
    run: () => desk.setLayout(layout),
  }));
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

/** Panels and the page itself. */
export function page() {
  return [
    {
      id: "tags",
      group: "page",
      words: gettext("DICOM attributes"),
      icon: "tags",
      keys: ["t"],
      run: ({ tags }) => tags.toggle(),
      isOn: ({ tags }) => tags.isOpen(),
    },
    {
      id: "strip",
      group: "page",
      words: gettext("Series beside the images"),
      icon: "strip",
      keys: ["b"],
      run: (desk) => desk.toggleStrip(),
    },
    {
      id: "full",
      group: "page",
      words: gettext("Full screen"),
      icon: "full",
      keys: ["f"],
      run: (desk) => desk.toggleFull(),
      isOn: () => Boolean(document.fullscreenElement),
    },
    {
      id: "help",
      group: "page",
      words: gettext("Keys"),
      icon: "help",
      keys: ["?"],
      run: ({ help }) => help.toggle(),
    },
  ];
}

/** Moving through images, series and panes, and window presets by number. */
export function movement() {
  const go = (id, words, keys, run) => ({ id, group: "move", words, keys, run });
  const last = ({ active }) => (active.stack?.frames.length ?? 1) - 1;
  return [
    go("next", gettext("Next image"), ["ArrowDown", "ArrowRight", "j"], ({ active }) => active?.goBy(1)),
    go("previous", gettext("Previous image"), ["ArrowUp", "ArrowLeft"], ({ active }) => active?.goBy(-1)),
    go("ten-on", gettext("Ten images on"), ["Shift+ArrowDown", "Shift+ArrowRight"], ({ active }) =>
      active?.goBy(10),
    ),
    go("ten-back", gettext("Ten images back"), ["Shift+ArrowUp", "Shift+ArrowLeft"], ({ active }) =>
      active?.goBy(-10),
    ),
    go("first", gettext("First image"), ["Home"], ({ active }) => active?.goTo?.(0)),
    go("last", gettext("Last image"), ["End"], (desk) => desk.active?.goTo?.(last(desk))),
    go("next-series", gettext("Next series"), ["PageDown"], (desk) => desk.stepSeries(1)),
    go("previous-series", gettext("Previous series"), ["PageUp"], (desk) => desk.stepSeries(-1)),
    go("next-pane", gettext("Next pane"), ["n"], (desk) => desk.nextPane()),
    go("solo", gettext("This pane alone, or all again"), ["Enter"], ({ stage: one }) => one.toggleSolo()),
    ...Array.from({ length: 9 }, (_, index) => ({
      id: `preset-${index + 1}`,
      group: "preset",
      words: gettext("Window preset"),
      keys: [String(index + 1)],
      why: needsColourless,
      run: ({ active }) => {
        const preset = presetsFor(active.frame)[index];
        if (preset) applyPreset(active, preset);
      },
    })),
  ];
}
