// Our own icons, drawn with one pen on a 20 × 20 field.

const SVG = "http://www.w3.org/2000/svg";

// Each icon is a list of paths; a path that begins with "!" is filled.
const ICONS = {
  back: ["M12 4 6 10l6 6"],
  window: ["M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14z", "!M10 3a7 7 0 0 1 0 14z"],
  zoom: ["M8.5 3a5.5 5.5 0 1 0 0 11a5.5 5.5 0 0 0 0-11z", "M12.5 12.5 17 17", "M6 8.5h5", "M8.5 6v5"],
  pan: [
    "M10 2.5v15",
    "M2.5 10h15",
    "M7.8 4.7 10 2.5l2.2 2.2",
    "M7.8 15.3 10 17.5l2.2-2.2",
    "M4.7 7.8 2.5 10l2.2 2.2",
    "M15.3 7.8 17.5 10l-2.2 2.2",
  ],
  scroll: ["M3 7l7-3.5L17 7l-7 3.5z", "M3 10.5l7 3.5 7-3.5", "M3 13.5l7 3.5 7-3.5"],
  length: ["M3.5 16.5l13-13", "M1.8 14.8l3.4 3.4", "M14.8 1.8l3.4 3.4"],
  angle: ["M16.5 15.5h-13l10-12", "M8.2 9.8a6.5 6.5 0 0 1 2.6 5.7"],
  ellipse: [
    "M10 4.5c4.2 0 7.5 2.5 7.5 5.5s-3.3 5.5-7.5 5.5S2.5 13 2.5 10 5.8 4.5 10 4.500z",
    "!M10 9a1 1 0 1 0 0 2a1 1 0 0 0 0-2z",
  ],
  crosshairs: ["M10 2v5.5", "M10 12.500V18", "M2 10h5.5", "M12.5 10H18", "M10 9.500v1"],
  remove: [
    "M3.5 5.500h13",
    "M8 5.500V3.500h4v2",
    "M5 5.500l.8 11h8.400l.8-11",
    "M8.5 8.500v5",
    "M11.5 8.500v5",
  ],
  hide: [
    "M2 10s3-5.5 8-5.500S18 10 18 10s-3 5.5-8 5.500S2 10 2 10z",
    "M10 7.800a2.2 2.2 0 1 0 0 4.400a2.2 2.2 0 0 0 0-4.400z",
    "M3.5 16.500l13-13",
  ],
  invert: ["M3.5 3.500h13v13h-13z", "!M3.5 16.500v-13h13z"],
  turn: ["M16.5 10a6.5 6.5 0 1 1-2-4.7", "M16.8 2.500v3.600h-3.6"],
  mirrorHorizontal: ["M10 2.500v15", "M7.5 5.500v9h-5z", "!M12.5 5.500v9h5z"],
  mirrorVertical: ["M2.5 10h15", "M5.5 7.500h9v-5z", "!M5.5 12.500h9v5z"],
  reset: ["M3.5 10a6.5 6.5 0 1 0 2-4.7", "M3.2 2.500v3.600h3.6"],
  play: ["!M6 3.500l10 6.5-10 6.500z"],
  pause: ["!M5.5 4h3v12h-3z", "!M11.5 4h3v12h-3z"],
  one: ["M3 3.500h14v13H3z"],
  two: ["M3 3.500h14v13H3z", "M10 3.500v13"],
  four: ["M3 3.500h14v13H3z", "M10 3.500v13", "M3 10h14"],
  planes: ["M10 2.500l6.5 3.700v7.600L10 17.500l-6.5-3.700V6.200z", "M3.5 6.2 10 10l6.5-3.8", "M10 10v7.5"],
  link: [
    "M8.5 11.500a3 3 0 0 0 4.2.3l2.8-2.800a3 3 0 0 0-4.3-4.300L10 5.9",
    "M11.5 8.500a3 3 0 0 0-4.2-.3L4.5 11a3 3 0 0 0 4.3 4.300l1.2-1.2",
  ],
  compare: ["M2.5 4.500h6.500v11H2.500z", "M11 4.500h6.500v11H11z", "M14.2 7.500v3l1.5 1"],
  tags: ["M3.5 5h2", "M8 5h8.5", "M3.5 10h2", "M8 10h8.5", "M3.5 15h2", "M8 15h8.5"],
  full: ["M3.5 7.500v-4h4", "M12.5 3.500h4v4", "M16.5 12.500v4h-4", "M7.5 16.500h-4v-4"],
  help: ["M7 7.200A3 3 0 1 1 10.8 10c-.6.3-.8.7-.8 1.400v.6", "!M10 14.500a1 1 0 1 0 0 2a1 1 0 0 0 0-2z"],
  star: ["M10 3l2.1 4.400 4.800.6-3.500 3.300.9 4.800L10 13.800l-4.300 2.300.9-4.800L3.100 8l4.800-.6z"],
  nextStar: [
    "!M8 3.500l1.700 3.500 3.800.5-2.800 2.600.7 3.800L8 12l-3.400 1.900.7-3.800L2.500 7.500l3.800-.5z",
    "M13 16h4.500",
    "M15.500 13.800l2 2.200-2 2.200",
  ],
  reject: ["M10 3a7 7 0 1 0 0 14a7 7 0 0 0 0-14z", "M7 7l6 6", "M13 7l-6 6"],
  warning: ["M10 3 18 16.500H2z", "M10 8.200v3.6", "!M10 13.300a.9.9 0 1 0 0 1.800a.9.9 0 0 0 0-1.800z"],
  open: ["M11.5 3.500h5v5", "M16.5 3.500l-7 7", "M14.5 11.500v5h-11v-11h5"],
  close: ["M5 5l10 10", "M15 5 5 15"],
  down: ["M6 8.500l4 4 4-4"],
  strip: ["M3 3.500h14v13H3z", "M7.5 3.500v13"],
  more: [
    "!M4.5 8.800a1.2 1.2 0 1 0 0 2.400a1.2 1.2 0 0 0 0-2.400z",
    "!M10 8.800a1.2 1.2 0 1 0 0 2.400a1.2 1.2 0 0 0 0-2.400z",
    "!M15.5 8.800a1.2 1.2 0 1 0 0 2.400a1.2 1.2 0 0 0 0-2.400z",
  ],
};

/** An icon as an element; it is decoration, the words are elsewhere. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 20 20",
    class: "icon",
    "aria-hidden": "true",
    focusable: "false",
  })) {
    svg.setAttribute(key, value);
  }
  for (const drawn of ICONS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", drawn.replace("!", ""));
    if (drawn.startsWith("!")) path.setAttribute("class", "filled");
    svg.append(path);
  }
  return svg;
}
