// Reading the DICOM JSON model (PS3.18 annex F) forgivingly: senders put text where numbers belong,
// leave values out and pad names. A value that cannot be read is undefined, never an exception.

/** The first value of an attribute. */
export function value(dataset, tag) {
  return dataset?.[tag]?.Value?.[0] ?? undefined;
}

/** All values of an attribute, an empty list when there are none. */
export function values(dataset, tag) {
  const all = dataset?.[tag]?.Value;
  return Array.isArray(all) ? all.filter((one) => one !== null && one !== undefined) : [];
}

/** The first value as a finite number. */
export function number(dataset, tag) {
  const found = value(dataset, tag);
  if (found === undefined || found === "") return undefined;
  const read = Number(found);
  return Number.isFinite(read) ? read : undefined;
}

/** All values as numbers; undefined unless at least `least` of them can be read. */
export function numbers(dataset, tag, least = 1) {
  const read = values(dataset, tag).map(Number);
  return read.length >= least && read.every(Number.isFinite) ? read : undefined;
}

/** The first value as trimmed text, empty when there is none. */
export function text(dataset, tag) {
  const found = value(dataset, tag);
  return found === undefined || typeof found === "object" ? "" : String(found).trim();
}

/** A person's name as the ward writes it: "Family, Given", with the ideographic group after it. */
export function personName(dataset, tag) {
  const found = value(dataset, tag);
  if (!found) return "";
  const groups = typeof found === "string" ? { Alphabetic: found } : found;
  const written = [groups.Alphabetic, groups.Ideographic].filter(Boolean).map(spoken);
  return [...new Set(written.filter(Boolean))].join("  ");
}

function spoken(group) {
  const [family = "", given = "", middle = ""] = String(group).split("^");
  const first = [given, middle]
    .map((part) => part.trim())
    .filter(Boolean)
    .join(" ");
  return [family.trim(), first].filter(Boolean).join(", ");
}

/** A DICOM date as 2026-11-20; anything else as it is. */
export function date(dataset, tag) {
  const found = text(dataset, tag);
  return /^\d{8}$/.test(found) ? `${found.slice(0, 4)}-${found.slice(4, 6)}-${found.slice(6, 8)}` : found;
}

/** A DICOM time as 14:05; empty when it cannot be read. */
export function time(dataset, tag) {
  const found = text(dataset, tag);
  return /^\d{4}/.test(found) ? `${found.slice(0, 2)}:${found.slice(2, 4)}` : "";
}

/** The items of a sequence. */
export function items(dataset, tag) {
  return values(dataset, tag).filter((item) => typeof item === "object");
}

/** Whole years between two DICOM dates, undefined when either is missing or they are reversed. */
export function ageInYears(born, on) {
  if (!/^\d{8}$/.test(born) || !/^\d{8}$/.test(on)) return undefined;
  const years = Math.floor((Number(on) - Number(born)) / 10000);
  return years >= 0 && years < 150 ? years : undefined;
}
