// Words for people: translated, with places to fill.

import { config } from "./config.js";

/** The translation of an English text, or the text itself. */
export function gettext(text) {
  const found = config.strings[text];
  return (Array.isArray(found) ? found[0] : found) || text;
}

/** Fill `%(name)s` places of a text, as Django's catalogues write them. */
export function fill(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

/** The form of a text for a count; every form may use `%(count)s`. */
export function ngettext(one, many, count) {
  const forms = config.strings[one];
  const form = Array.isArray(forms) ? forms[pluralForm(count, forms.length)] : count === 1 ? one : many;
  return fill(form, { count });
}

/** Catalogues and browsers list a language's plural forms in the same order. */
function pluralForm(count, most) {
  const rules = new Intl.PluralRules(config.language);
  const order = ["zero", "one", "two", "few", "many", "other"];
  const forms = order.filter((form) => rules.resolvedOptions().pluralCategories.includes(form));
  return Math.min(forms.indexOf(rules.select(count)), most - 1);
}
