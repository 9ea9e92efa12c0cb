// What changed elsewhere appears here: one stream per visible tab. A message {"topics": ["board"]} becomes
// the event `live:board` on the body; pages listen with hx-trigger="live:board from:body, live:resume from:body".
// `live:soon-board` says the same a moment later, and once for a burst. A hidden tab holds no connection (browsers allow six to a server) and catches up when it is seen again.
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const address = document.body.dataset.live;
const LONGEST_PAUSE = 30_000;
const NOT_WORTH_SAYING = 4000; // shorter gaps are nobody's business

// What only changes a number beside the page is asked after a moment later, and not for each of many news.
const SOON = 1000;
const NOT_SOONER = 10_000;
const told = new Map(); // a topic → when its `live:soon-…` was last told, or will be

let stream = null;
let retry = 0;
let pause = 1000;
let trouble = 0;
let hadStream = false;

function tell(name) {
  document.body.dispatchEvent(new CustomEvent(name, { bubbles: false }));
}

function tellSoon(topic) {
  const last = told.get(topic) ?? 0;
  const wait = Math.max(SOON, last + NOT_SOONER - Date.now());
  if (last > Date.now()) return; // it will be told anyway
  told.set(topic, Date.now() + wait);
  setTimeout(() => tell(`live:soon-${topic}`), wait);
}

function show(state, sentence) {
  const dot = document.querySelector("[data-live-state]");
  if (!dot || dot.dataset.liveState === state) return;
  dot.dataset.liveState = state;
  dot.title = sentence;
  dot.querySelector("span").textContent = sentence;
  dot.querySelector("span").className = state === "away" ? "live-word" : "visually-hidden";
}

function open() {
  close();
  stream = new EventSource(address);
  stream.onopen = () => {
    clearTimeout(trouble);
    trouble = 0;
    pause = 1000;
    show("live", words.live);
    if (hadStream) tell("live:resume");
    hadStream = true;
  };
  stream.onmessage = (event) => {
    for (const topic of topicsOf(event.data)) {
      tell(`live:${topic}`);
      tellSoon(topic);
    }
  };
  stream.onerror = () => {
    close();
    trouble ||= setTimeout(() => show("away", words.notLive), NOT_WORTH_SAYING);
    retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

function topicsOf(data) {
  try {
    return JSON.parse(data).topics ?? [];
  } catch {
    return [];
  }
}

function close() {
  clearTimeout(retry);
  stream?.close();
  stream = null;
}

if (address) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      close();
      clearTimeout(trouble);
      trouble = 0;
    } else {
      pause = 1000;
      open();
    }
  });
  window.addEventListener("online", () => document.hidden || open());
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => event.persisted && !document.hidden && open());
  // Polling in a tab nobody looks at is work for nobody.
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    const { requestConfig } = event.detail;
    if (document.hidden && requestConfig.verb === "get" && !requestConfig.triggeringEvent) event.preventDefault();
  });
  if (!document.hidden) open();
}
