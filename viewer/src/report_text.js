// The content tree of a structured report (PS3.3 C.17.3) as nested lists of text.

import { date, items, number, personName, text, time } from "./attributes.js";
import { h } from "./dom.js";
import { gettext } from "./text.js";

const MOST_ITEMS = 1500;

/** The report as an element; null when the object has no content. */
export function contentTree(dataset) {
  const content = items(dataset, "0040A730");
  if (!content.length) return null;
  const left = { count: MOST_ITEMS };
  const list = listOf(content, left);
  const heading = meaningOf(items(dataset, "0040A043")[0]);
  const note =
    left.count > 0
      ? null
      : h("p", { class: "lesser", text: gettext("The report goes on; this is its beginning.") });
  return h(
    "div",
    { class: "report", tabindex: "0", role: "document", "aria-label": heading || gettext("Report") },
    heading ? h("h3", { text: heading }) : null,
    list,
    note,
  );
}

function listOf(content, left) {
  const list = h("ul");
  for (const item of content) {
    if (left.count <= 0) break;
    left.count -= 1;
    const children = items(item, "0040A730");
    list.append(h("li", {}, ...lineOf(item), children.length ? listOf(children, left) : null));
  }
  return list;
}

function lineOf(item) {
  const name = meaningOf(items(item, "0040A043")[0]);
  const said = valueOf(item);
  const isHeading = text(item, "0040A040") === "CONTAINER";
  return [
    name ? h("span", { class: isHeading ? "report-heading" : "report-name", text: name }) : null,
    said ? h("span", { class: "report-value", text: said }) : null,
  ];
}

function meaningOf(code) {
  return code ? text(code, "00080104") || text(code, "00080100") : "";
}

const READERS = {
  TEXT: (item) => text(item, "0040A160"),
  CODE: (item) => meaningOf(items(item, "0040A168")[0]),
  NUM: measuredValue,
  PNAME: (item) => personName(item, "0040A123"),
  DATE: (item) => date(item, "0040A121"),
  TIME: (item) => time(item, "0040A122"),
  DATETIME: (item) => dateTimeWords(text(item, "0040A120")),
  UIDREF: (item) => text(item, "0040A124"),
  IMAGE: () => gettext("an image"),
};

function valueOf(item) {
  return READERS[text(item, "0040A040")]?.(item) ?? "";
}

function measuredValue(item) {
  const measured = items(item, "0040A300")[0];
  const value = number(measured, "0040A30A");
  if (value === undefined) return "";
  const unit = items(measured, "004008EA")[0];
  const code = text(unit, "00080100");
  return `${value} ${code === "1" || code.startsWith("{") ? "" : code}`.trim();
}

function dateTimeWords(written) {
  const found = /^(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?/.exec(written);
  if (!found) return written;
  const [, year, month, day, hour, minute] = found;
  return `${year}-${month}-${day}${hour ? ` ${hour}:${minute ?? "00"}` : ""}`;
}
