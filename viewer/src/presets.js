// Windows by name: what the object suggests, what the department uses for CT, and the picture's own range.

import { text, values } from "./attributes.js";
import { windowsOf } from "./modules.js";
import { fill, gettext } from "./text.js";

/** Centre and width in HU. */
const CT = () => [
  { words: gettext("Brain"), center: 40, width: 80 },
  { words: gettext("Stroke"), center: 40, width: 40 },
  { words: gettext("Lung"), center: -600, width: 1500 },
  { words: gettext("Mediastinum"), center: 50, width: 350 },
  { words: gettext("Abdomen"), center: 50, width: 400 },
  { words: gettext("Liver"), center: 80, width: 150 },
  { words: gettext("Bone"), center: 500, width: 2000 },
  { words: gettext("Angiography"), center: 300, width: 600 },
];

/** The windows offered for a frame; the keys 1 to 9 take them in this order. */
export function presetsFor(frame) {
  if (!frame) return [];
  const { attributes } = frame;
  const isCt = text(attributes, "00080060") === "CT" && !frame.drawn;
  const named = isCt ? CT() : sentWindows(frame);
  return [...named, { words: gettext("Whole range"), range: true }].slice(0, 9);
}

function sentWindows(frame) {
  if (frame.drawn) return [{ words: gettext("As drawn"), center: 128, width: 256 }];
  const { windowCenter = [], windowWidth = [] } = windowsOf(frame.attributes);
  const names = values(frame.attributes, "00281055");
  return windowCenter.map((center, index) => ({
    words: String(
      names[index] ||
        fill(gettext("As sent %(number)s"), { number: windowCenter.length > 1 ? index + 1 : "" }),
    ).trim(),
    center,
    width: windowWidth[index],
  }));
}

/** Show a pane's picture in a preset. */
export function applyPreset(pane, preset) {
  if (!preset.range) return pane.view.setWindow(preset.center, preset.width);
  const image = pane.viewport.getCornerstoneImage?.() ?? {};
  const { minPixelValue: least = 0, maxPixelValue: most = 255 } = image;
  return pane.view.setWindow((least + most) / 2, Math.max(1, most - least));
}
