// How far the sending is, in words a person can plan by.

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function wordsFrom(list) {
  const words = {};
  for (const entry of list?.querySelectorAll("[data-word]") ?? []) words[entry.dataset.word] = entry.textContent;
  return words;
}

function bytes(count) {
  let unit = 0;
  for (; count >= 1000 && unit < UNITS.length - 1; unit += 1) count /= 1000;
  return `${count.toFixed(unit && count < 10 ? 1 : 0)} ${UNITS[unit]}`;
}

function time(seconds) {
  if (!Number.isFinite(seconds)) return "…";
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export class Meter {
  constructor(bar, line, words) {
    Object.assign(this, { bar, line, words, files: 0, total: 0, filesSent: 0, bytesSent: 0, skipped: 0, since: 0 });
  }

  say(pattern, values) {
    const skipped = this.skipped ? ` · ${this.words.skipped.replace("{count}", this.skipped)}` : "";
    this.line.textContent = pattern.replace(/\{(\w+)\}/g, (_, key) => values[key]) + skipped;
  }

  looking(count) {
    this.bar.removeAttribute("value");
    this.say(this.words.looking, { count });
  }

  start(files, skipped) {
    this.files += files.length;
    this.total += files.reduce((sum, { file }) => sum + file.size, 0);
    this.skipped += skipped;
    this.since ||= performance.now();
    this.sent(0, 0);
  }

  sent(files, size) {
    this.filesSent += files;
    this.bytesSent += size;
    const speed = (this.bytesSent / (performance.now() - this.since)) * 1000;
    this.bar.max = this.total || 1;
    this.bar.value = this.bytesSent;
    this.say(this.words.progress, {
      sent: this.filesSent,
      files: this.files,
      bytes: bytes(this.bytesSent),
      total: bytes(this.total),
      speed: bytes(speed || 0),
      left: time((this.total - this.bytesSent) / speed),
    });
  }

  done() {
    if (this.filesSent < this.files) return;
    this.bar.max = this.bar.value = 1;
    this.say(this.words.done, { files: this.files, total: bytes(this.total) });
  }
}
