// The words and letters laid over a picture: whose it is, which one, how it is shown, and where the
// patient's sides are.

import { ageInYears, date, number, personName, text, time } from "./attributes.js";
import { h, say } from "./dom.js";
import { lettersOf, oppositeOf, orientationOf, projectionLettersOf } from "./geometry.js";
import { fill, gettext, ngettext } from "./text.js";

const CORNERS = ["top-left", "top-right", "bottom-left", "bottom-right"];
const SIDES = ["top", "right", "bottom", "left"];

/** The overlay of a pane: elements for the four corners and the four sides. */
export function makeOverlay() {
  const corners = Object.fromEntries(CORNERS.map((name) => [name, h("div", { class: `corner ${name}` })]));
  const sides = Object.fromEntries(SIDES.map((name) => [name, h("span", { class: `side ${name}` })]));
  const element = h("div", { class: "overlay" }, ...Object.values(corners), ...Object.values(sides));
  return { element, corners, sides };
}

/** Write lines into a corner. A line is text, or [text, class]. */
export function writeCorner(corner, lines) {
  const wanted = lines
    .filter(Boolean)
    .map((line) => (Array.isArray(line) ? line : [line, ""]))
    .filter(([words]) => words);
  while (corner.children.length > wanted.length) corner.lastElementChild.remove();
  wanted.forEach(([words, name], index) => {
    const line = corner.children[index] ?? corner.appendChild(h("div", {}));
    if (line.className !== name) line.className = name;
    say(line, words);
  });
}

export function clearOverlay({ corners, sides }) {
  Object.values(corners).forEach((corner) => writeCorner(corner, []));
  Object.values(sides).forEach((side) => say(side, ""));
}

/** Whose picture it is. */
export function patientLines(attributes) {
  const age = ageInYears(text(attributes, "00100030"), text(attributes, "00080020"));
  const born = date(attributes, "00100030");
  const bornWords =
    born && age !== undefined ? `${born} (${ngettext("%(count)s year", "%(count)s years", age)})` : born;
  return [
    [personName(attributes, "00100010") || gettext("No name"), "strong"],
    text(attributes, "00100020"),
    [[bornWords, sexWords(text(attributes, "00100040"))].filter(Boolean).join(" · "), "lesser"],
  ];
}

export function sexWords(code) {
  return { M: gettext("male"), F: gettext("female"), O: gettext("other sex") }[code] ?? "";
}

/** Which study and series it is. */
export function seriesLines(attributes) {
  const seriesNumber = number(attributes, "00200011");
  const taken = [date(attributes, "00080020"), time(attributes, "00080030")].filter(Boolean).join(" ");
  const name = text(attributes, "0008103E");
  return [
    [taken, "strong"],
    text(attributes, "00081030"),
    [
      seriesNumber === undefined
        ? name
        : `${fill(gettext("Series %(number)s"), { number: seriesNumber })}  ${name}`,
      "lesser",
    ],
  ];
}

/** Which picture of the stack it is, and where it lies. */
export function placeLines(frame, index, count, isKey = false) {
  const { attributes } = frame;
  const instance = number(attributes, "00200013");
  const thickness = number(attributes, "00180050");
  const location = number(attributes, "00201041");
  const position = fill(gettext("Image %(index)s of %(count)s"), { index: index + 1, count });
  const millimetres = [
    location === undefined ? "" : fill(gettext("Location %(value)s mm"), { value: location.toFixed(1) }),
    thickness ? fill(gettext("Thickness %(value)s mm"), { value: Number(thickness.toFixed(2)) }) : "",
  ];
  return [
    [millimetres.filter(Boolean).join("  "), "lesser"],
    [
      instance !== undefined && instance !== index + 1
        ? fill(gettext("Instance %(number)s"), { number: instance })
        : "",
      "lesser",
    ],
    [isKey ? `★ ${gettext("Key image")}` : "", "starred"],
    [position, "strong"],
  ];
}

/** How it is shown: window, zoom, and whether the archive drew it. */
export function viewLines({ window, zoom, invert, drawn }) {
  return [
    [drawn ? fill(gettext("Drawn by the archive: %(why)s"), { why: drawn.why }) : "", "lesser"],
    [invert ? gettext("Inverted") : "", "lesser"],
    zoom ? fill(gettext("Zoom %(percent)s %"), { percent: Math.round(zoom * 100) }) : "",
    [window ? fill(gettext("W %(width)s  L %(center)s"), window) : "", "strong"],
  ];
}

/**
 * The letters at the four sides, from the directions that lie to the right and down on the screen.
 * Directions are in patient coordinates, or in picture coordinates for a projection.
 */
export function writeSides({ sides }, attributes, right, down) {
  const letters = sideLetters(attributes, right, down);
  for (const name of SIDES) say(sides[name], letters[name] ?? "");
}

export function sideLetters(attributes, right, down) {
  const projection = orientationOf(attributes) ? undefined : projectionLettersOf(attributes);
  if (!orientationOf(attributes) && !projection) return {};
  const name = projection ? (vector) => projectionLetters(vector, projection) : (vector) => lettersOf(vector);
  const [toRight, toBottom] = [name(right), name(down)];
  return { right: toRight, left: oppositeOf(toRight), bottom: toBottom, top: oppositeOf(toBottom) };
}

function projectionLetters([across, downwards], { row, column }) {
  const letters = Math.abs(across) > Math.abs(downwards) ? row : column;
  const isForward = (Math.abs(across) > Math.abs(downwards) ? across : downwards) > 0;
  return isForward ? letters : oppositeOf(letters);
}
