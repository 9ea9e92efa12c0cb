// Words for people: translated, with places to fill.

import { config } from "./config.js";

/** The translation of an English text, or the text itself. */
export function gettext(text) {
  return config.strings[text] || text;
}

/** Fill `%(name)s` places of a text, as Django's catalogues write them. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

/** One form for one, another for any other number; both may use `%(count)s`. */
export function ngettext(one, many, count) {
  return fill(gettext(count === 1 ? one : many), { count });
}
