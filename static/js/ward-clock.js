// The ward's clock. Who reads from another country sees the ward's times, as on every page, not those of their computer.
const timeZone = document.documentElement.dataset.timeZone;

// The time of day of a moment there: "10:05".
export const clock = (at) =>
  new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hour12: false, timeZone });

// A date whose local fields say what it is there, for a calendar that knows no places.
export function wardTime(at = Date.now()) {
  return new Date(new Date(at).toLocaleString("sv-SE", { timeZone }).replace(" ", "T"));
}

// How far it is from UTC there, just now: "+02:00". "local" if this computer agrees.
export function wardOffset(at = Date.now()) {
  const name = (zone) => {
    const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(at);
    return parts.find(({ type }) => type === "timeZoneName").value.slice("GMT".length) || "+00:00";
  };
  return name(timeZone) === name(undefined) ? "local" : name(timeZone);
}
