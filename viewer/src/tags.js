// All attributes of the object that is shown, in a table that can be searched.

import dcmjs from "dcmjs";
import { listen } from "./bus.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { fill, gettext } from "./text.js";

const MOST_ROWS = 2000;
const LONGEST = 300;

/** The panel; `paneNow` gives the pane whose object is meant. */
export function makeTagPanel(element, paneNow) {
  const search = h("input", {
    type: "search",
    class: "tag-search",
    placeholder: gettext("Search tag, name or value"),
    "aria-label": gettext("Search tag, name or value"),
    autocomplete: "off",
    spellcheck: "false",
  });
  const note = h("p", { class: "lesser tag-note", "aria-live": "polite" });
  const body = h("tbody");
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": gettext("Close the attributes") },
    icon("close"),
  );
  const headings = [gettext("Tag"), gettext("Name"), gettext("Value")].map((words) =>
    h("th", { scope: "col", text: words }),
  );
  const table = h("table", { class: "tags" }, h("thead", {}, h("tr", {}, ...headings)), body);
  element.append(
    h("div", { class: "panel-head" }, h("h2", { text: gettext("DICOM attributes") }), close),
    search,
    note,
    h(
      "div",
      { class: "panel-body", tabindex: "0", role: "region", "aria-label": gettext("DICOM attributes") },
      table,
    ),
  );

  let shown = null;
  let rows = [];

  function fillTable() {
    const wanted = search.value.trim().toLowerCase();
    const found = wanted ? rows.filter(({ haystack }) => haystack.includes(wanted)) : rows;
    body.replaceChildren(...found.slice(0, MOST_ROWS).map(rowElement));
    const values = { count: found.length, shown: Math.min(found.length, MOST_ROWS) };
    note.textContent =
      found.length > MOST_ROWS
        ? fill(gettext("%(shown)s of %(count)s attributes; search to see the others"), values)
        : fill(gettext("%(count)s attributes"), values);
  }

  function refresh() {
    if (element.hidden) return;
    const pane = paneNow();
    const dataset = pane?.frame?.dataset ?? pane?.stack?.datasets[0] ?? pane?.attributes;
    if (!dataset || dataset === shown) return;
    shown = dataset;
    rows = rowsOf(dataset);
    fillTable();
  }

  function toggle(isShown = element.hidden) {
    element.hidden = !isShown;
    shown = null;
    refresh();
    if (isShown) search.focus();
  }

  search.addEventListener("input", fillTable);
  close.addEventListener("click", () => toggle(false));
  const soon = debounce(refresh, 120);
  listen("image", soon);
  listen("active", soon);
  return { toggle, isOpen: () => !element.hidden };
}

function debounce(run, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, wait);
  };
}

function rowElement({ tag, name, value, depth }) {
  const row = h(
    "tr",
    {},
    h("td", { class: "tag", text: tag }),
    h("td", { class: "name", text: name }),
    h("td", { class: "value", text: value }),
  );
  if (depth) row.style.setProperty("--depth", Math.min(depth, 6));
  return row;
}

/** Every attribute as a row, those of sequences under their sequence. */
export function rowsOf(dataset, depth = 0) {
  const rows = [];
  for (const tag of Object.keys(dataset)
    .filter((key) => /^[0-9A-F]{8}$/i.test(key))
    .sort()) {
    const element = dataset[tag];
    const isSequence = element.vr === "SQ";
    rows.push(rowOf(tag, isSequence ? countWords(element) : valueWords(element), depth));
    if (isSequence) for (const item of element.Value ?? []) rows.push(...rowsOf(item ?? {}, depth + 1));
  }
  return rows;
}

function rowOf(tag, value, depth) {
  const written = `(${tag.slice(0, 4)},${tag.slice(4)})`;
  const name = nameOf(written);
  return {
    tag: written,
    name,
    value,
    depth,
    haystack: `${written} ${tag} ${name} ${name.replaceAll(" ", "")} ${value}`.toLowerCase(),
  };
}

function countWords({ Value: given = [] }) {
  return fill(gettext("%(count)s items"), { count: given.length });
}

function valueWords(element) {
  if (element.BulkDataURI) return gettext("(bulk data)");
  if (element.InlineBinary)
    return fill(gettext("(%(count)s bytes)"), { count: Math.floor((element.InlineBinary.length * 3) / 4) });
  const words = (element.Value ?? []).map(oneWord).join(" \\ ");
  return words.length > LONGEST ? `${words.slice(0, LONGEST)} …` : words;
}

function oneWord(value) {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? Object.values(value).filter(Boolean).join("=") : String(value);
}

/** "Patient Birth Date" from the standard's keyword; private attributes have no name. */
function nameOf(tag) {
  const keyword = dcmjs.data.DicomMetaDictionary.dictionary[tag.toUpperCase()]?.name;
  if (!keyword) return parseInt(tag.slice(1, 5), 16) % 2 ? gettext("Private") : "";
  return keyword
    .replace(/^RETIRED_/, "")
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
}
