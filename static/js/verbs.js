// A verb goes before refreshes. What somebody does is sent at once, and never waits or gets lost behind news of what
// others did: a refresh of the same part that is under way is given up (it was drawn before the verb), and one that is
// asked for meanwhile waits for the verb's answer. Nor does anything move under a finger that is just pressing.
const LIVE = "[hx-trigger*='live:']";
const issuing = new WeakMap(); // a live part → how its last refresh is asked for again
const asking = new Set(); // live parts whose refresh is under way
const held = new Map(); // a live part → how many verbs and fingers hold it still
const owed = new Set(); // live parts that missed a refresh meanwhile

function partsAround(...elements) {
  const parts = new Set();
  for (const element of elements) {
    for (let part = element?.closest?.(LIVE); part; part = part.parentElement?.closest(LIVE)) parts.add(part);
  }
  return [...parts];
}

function hold(parts) {
  for (const part of parts) {
    held.set(part, (held.get(part) ?? 0) + 1);
    if (!asking.has(part)) continue;
    owed.add(part);
    window.htmx.trigger(part, "htmx:abort");
  }
}

function release(parts) {
  for (const part of parts) {
    const others = held.get(part) - 1;
    if (others) {
      held.set(part, others);
      continue;
    }
    held.delete(part);
    if (owed.delete(part) && part.isConnected) issuing.get(part)?.(true);
  }
}

const isRefresh = (element) => element.matches(LIVE);

document.body.addEventListener("htmx:confirm", (event) => {
  const { elt, issueRequest } = event.detail;
  if (!isRefresh(elt)) return;
  issuing.set(elt, issueRequest);
  if (!held.has(elt)) return;
  owed.add(elt);
  event.preventDefault();
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (event.defaultPrevented) return;
  const { xhr, requestConfig } = event.detail;
  const { elt, target, verb } = requestConfig;
  if (isRefresh(elt)) {
    asking.add(elt);
    xhr.addEventListener("loadend", () => asking.delete(elt));
    return;
  }
  const parts = verb === "get" ? [target].filter(isRefresh) : partsAround(elt, target);
  hold(parts);
  xhr.addEventListener("loadend", () => release(parts));
});

// What lies above a finger moves what is under it: while one presses, every live part holds still.
const PRESSED = "button, a, label, summary, input"; // a select opens as it is pressed, and may keep the lift to itself
const fingers = new Map(); // a pointer → the parts it holds still

function lift({ pointerId }) {
  const parts = fingers.get(pointerId) ?? [];
  fingers.delete(pointerId);
  setTimeout(() => release(parts)); // the click comes right after
}

document.addEventListener("pointerdown", (event) => {
  lift(event);
  if (event.button !== 0 || !event.target.closest(PRESSED)) return;
  const parts = [...document.querySelectorAll(LIVE)];
  fingers.set(event.pointerId, parts);
  hold(parts);
});
for (const name of ["pointerup", "pointercancel", "contextmenu"]) document.addEventListener(name, lift);
window.addEventListener("blur", () => [...fingers.keys()].forEach((pointerId) => lift({ pointerId })));
