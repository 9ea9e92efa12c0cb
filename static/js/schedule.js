// The timeline of devices: shows who is on when, moves by dragging, books on empty space. Every drag has a
// form that does the same from the keyboard. A refusal puts the bar back and says its sentence.
import { say } from "./refusals.js";
import { wardOffset, wardTime } from "./ward-clock.js";

const root = document.getElementById("schedule");
const words = JSON.parse(document.getElementById("schedule-words").textContent);
const frameWords = JSON.parse(document.getElementById("words")?.textContent || "{}");
const devices = JSON.parse(document.getElementById("schedule-devices").textContent);
const mayBook = root.hasAttribute("data-may-book");
const phone = matchMedia("(max-width: 47.9375rem)");
const KEPT = "schedule:view";

const make = (tag, className, text) => {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
};

function icon(name) {
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${words.sprite}#${name}`);
  picture.append(use);
  return picture;
}

const pad = (number) => String(number).padStart(2, "0");
const clock = (date) => `${pad(date.getHours())}:${pad(date.getMinutes())}`;
const day = (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
const local = (date) => `${day(date)}T${clock(date)}`;
const roomOf = (resource) => resource.extendedProps.room;
const deviceOf = (key) => devices.find((device) => device.id === String(key));
const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

// ── how things are drawn ────────────────────────────────────────────────────────────────────────

function drawn({ event, timeText }) {
  if (event.display === "background") return { domNodes: [make("span", "block-word", event.title)] };
  const facts = event.extendedProps;
  const top = make("span", "step-top");
  const shape = icon(facts.shape);
  top.append(shape, make("span", "step-name", event.title));
  if (facts.squeezed) top.append(icon("squeezed"));
  if (facts.priority) {
    const urgent = make("span", `step-priority ${facts.urgency}`);
    urgent.append(icon(facts.urgency));
    top.append(urgent);
  }
  const what = make("span", "step-what", [facts.what, facts.side].filter(Boolean).join(" · "));
  const state = make("span", "step-word", `${timeText} · ${facts.state}`);
  return { domNodes: [top, what, state] };
}

// What does not fit into the bar is said on hover, and to whoever listens.
function described({ el, event, timeText }) {
  if (event.display === "background") return;
  const facts = event.extendedProps;
  el.dataset.step = event.id;
  const said = [event.title, facts.what, facts.side, timeText, facts.state, facts.priority, facts.squeezed && words.squeezedWord];
  el.title = said.filter(Boolean).join(", ");
  el.setAttribute("aria-label", el.title);
}

function device({ resource }) {
  const box = make("span", "device-head");
  const link = make("a", "device-name", resource.title);
  link.href = resource.extendedProps.href;
  const room = roomOf(resource);
  box.append(link, make("span", "device-room", room === resource.title ? resource.extendedProps.modality : room));
  if (resource.extendedProps.out) {
    const out = make("span", "device-out", resource.extendedProps.out);
    out.prepend(icon("dev-down"));
    box.append(out);
  }
  return { domNodes: [box] };
}

// ── details ─────────────────────────────────────────────────────────────────────────────────────

const step = document.getElementById("step");

function fact(word, value) {
  const pair = make("div");
  pair.append(make("dt", "", word));
  const said = make("dd");
  said.append(make("bdi", "", value));
  pair.append(said);
  return pair;
}

function show(event) {
  if (step.open) return;
  const facts = event.extendedProps;
  step.querySelector("h2").textContent = [event.title, facts.otherName].filter(Boolean).join(" ");
  const state = step.querySelector("[data-step-state]");
  state.replaceChildren(icon(facts.shape), make("strong", "", facts.state));
  if (facts.priority) state.append(icon(facts.urgency), make("strong", "", facts.priority));
  if (facts.squeezed) state.append(icon("squeezed"), make("span", "", words.squeezed));
  step.querySelector("[data-step-facts]").replaceChildren(
    fact(words.record, facts.record),
    ...(facts.born ? [fact(words.born, facts.born)] : []),
    fact(words.procedure, [facts.what, facts.side].filter(Boolean).join(" · ")),
    fact(words.time, `${day(event.start)} ${clock(event.start)}–${clock(event.end)}`),
    fact(words.device, deviceOf(event.resourceIds[0])?.title ?? ""),
    fact(words.accession, facts.accession),
  );
  const move = step.querySelector("[data-step-move]");
  move.hidden = !facts.mayMove;
  move.onclick = () => openMove(facts.move);
  step.querySelector("[data-step-open]").href = facts.href;
  step.showModal();
}

async function openMove(address) {
  step.close();
  const place = document.querySelector("[data-move-form]");
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return say(frameWords.failed);
  place.innerHTML = await answer.text();
  htmx.process(place);
  document.getElementById("move").showModal();
}

// ── moving ──────────────────────────────────────────────────────────────────────────────────────

function askWhy() {
  const dialog = document.getElementById("why");
  const field = dialog.querySelector("input");
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "move" ? field.value.trim() : ""), { once: true });
  });
}

async function moved({ event, newResource, revert }) {
  const facts = event.extendedProps;
  const reason = facts.isHere ? await askWhy() : "";
  if (facts.isHere && !reason) return revert();
  const body = new URLSearchParams({
    device: newResource?.id ?? event.resourceIds[0],
    start: local(event.start),
    reason,
  });
  try {
    const answer = await fetch(facts.move, {
      method: "POST",
      body,
      headers: { "HX-Request": "true", ...JSON.parse(document.body.getAttribute("hx-headers")) },
    });
    if (answer.ok) return say(fill(words.moved, { time: clock(event.start) }), { level: "success" });
    revert();
    say(answer.status === 409 ? await answer.text() : frameWords.failed);
  } catch {
    revert();
    say(frameWords.networkAway);
  }
}

// ── booking on empty space ──────────────────────────────────────────────────────────────────────

async function bookHere(key, start) {
  const place = document.querySelector("[data-book-orders]");
  const where = deviceOf(key);
  if (!where) return;
  document.querySelector("[data-book-where]").textContent = `${where.title}, ${day(start)} ${clock(start)}`;
  const address = new URL(root.dataset.book, location.origin);
  address.search = new URLSearchParams({ device: key, start: local(start) });
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return say(frameWords.failed);
  place.innerHTML = await answer.text();
  htmx.process(place);
  document.getElementById("book").showModal();
}

// ── the calendar itself ─────────────────────────────────────────────────────────────────────────

const kept = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
};
const view = () => (phone.matches ? "listDay" : kept().view ?? "resourceTimelineDay");
const toolbar = () => ({
  start: "prev,next today",
  center: "title",
  end: phone.matches ? "" : "resourceTimelineDay,resourceTimeGridDay,resourceTimelineWeek",
});

const calendar = EventCalendar.create(root, {
  view: view(),
  date: kept().date ?? day(wardTime()),
  timeZone: wardOffset().replace("+00:00", "+00:01"), // it takes 0 for "as on this computer"; a minute moves its line by a hair
  headerToolbar: toolbar(),
  buttonText: words.buttons,
  locale: document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang, // 24 h, day first
  dayMaxEvents: false,
  resources: devices,
  resourceLabelContent: device,
  eventSources: [{ url: root.dataset.events }],
  eventContent: drawn,
  eventClick: ({ event }) => event.display !== "background" && show(event),
  eventDrop: moved,
  editable: mayBook,
  eventDurationEditable: false,
  eventResizableFromStart: false,
  selectable: mayBook,
  select: ({ start, resource }) => {
    calendar.unselect();
    if (start > wardTime() - 3_600_000) bookHere(resource?.id, start);
  },
  unselectAuto: true,
  pointer: true,
  nowIndicator: true,
  slotDuration: "00:15",
  snapDuration: "00:05",
  slotLabelInterval: "00:30",
  slotWidth: 64,
  scrollTime: clock(wardTime(Date.now() - 3_600_000)),
  slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
  titleFormat: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  noEventsContent: words.empty,
  eventDidMount: described,
  datesSet: ({ start, view: now }) => sessionStorage.setItem(KEPT, JSON.stringify({ view: now.type, date: day(start) + "T12:00" })),
  views: {
    resourceTimelineWeek: { slotDuration: "01:00", slotLabelInterval: "03:00", slotWidth: 40 },
    resourceTimeGridDay: { slotHeight: 32, slotLabelInterval: "01:00" },
  },
});

root.addEventListener("keydown", (press) => {
  const bar = press.target.closest(".ec-event[data-step]");
  if (!bar || !["Enter", " "].includes(press.key)) return;
  press.preventDefault();
  show(calendar.getEventById(bar.dataset.step));
});

let timer = 0;
function refresh() {
  clearTimeout(timer);
  timer = setTimeout(() => document.querySelector(".ec-ghost, .ec-dragging") || calendar.refetchEvents(), 300);
}
for (const topic of ["live:schedule", "live:board", "live:devices", "live:resume"]) document.body.addEventListener(topic, refresh);
phone.addEventListener("change", () => {
  calendar.setOption("view", view());
  calendar.setOption("headerToolbar", toolbar());
});
