// Keeps times true: every half minute "waiting 34 min" becomes "waiting 35 min". Says the same as
// common/templatetags/ward.py; change both together. A clock beyond four hours stays as the server wrote it.
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const MINUTE = 60, HOUR = 3600, DAY = 86400, IN_WORDS = 4 * HOUR;
const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);

const span = (seconds) => length(seconds).replaceAll(" ", "\u00a0"); // never broken in a line

function length(seconds) {
  const minutes = Math.floor(seconds / MINUTE);
  if (seconds < HOUR) return fill(words.minutes, { minutes });
  if (seconds < DAY) return fill(words.hours, { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, "0") });
  return fill(words.days, { days: Math.floor(minutes / 1440) });
}

function inWords(ahead, manner) {
  if (manner === "waiting") return fill(words.waiting, { span: span(Math.max(0, -ahead)) });
  if (manner === "since") return span(Math.max(0, -ahead));
  if (manner === "clock" || Math.abs(ahead) >= IN_WORDS) return null;
  if (Math.abs(ahead) < MINUTE) return words.now;
  return fill(ahead > 0 ? words.in : words.ago, { span: span(Math.abs(ahead)) });
}

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll("time[data-manner]")) {
    const ahead = (Date.parse(time.dateTime) - now) / 1000;
    const text = inWords(ahead, time.dataset.manner);
    if (text !== null && time.textContent !== text) time.textContent = text;
    const limit = Number(time.dataset.lateAfter || 0);
    if (limit) time.classList.toggle("is-late", -ahead >= limit * MINUTE);
  }
}

if (words.minutes) {
  setInterval(() => document.hidden || refresh(), 30_000);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
}
