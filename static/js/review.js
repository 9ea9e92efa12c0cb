// Judging images: a tap on Reject opens the reasons, a tap on a reason rejects. Keys do the same:
// arrows choose an image, K keeps, R and a number rejects, S stars, U takes a rejection back.
const OFF = "keys:off";
const GAP = 8;
let judged = null; // the shot whose reasons are open
let touched = ""; // the shot on which a button was pressed: that button may be gone after the refresh

const reasons = () => document.getElementById("reject-reasons");
const shotOf = (element) => element.closest?.("[data-shot]");
const shotsAround = (shot) => [...shot.closest("[data-review]").querySelectorAll("[data-shot]")];
const focusShot = (shot) => shot?.querySelector("[data-shot-link]").focus();

function place(popover, shot) {
  popover.style.cssText = "";
  if (matchMedia("(max-width: 40rem)").matches) return; // a sheet at the bottom, by the style sheet
  const at = shot.getBoundingClientRect();
  const size = popover.getBoundingClientRect();
  const left = Math.min(at.left, innerWidth - size.width - GAP);
  const isBelow = at.bottom + size.height + GAP < innerHeight;
  const top = isBelow ? at.bottom + GAP / 2 : Math.max(GAP, Math.min(at.top, innerHeight - size.height - GAP));
  popover.style.left = `${Math.max(GAP, left)}px`;
  popover.style.top = `${top}px`;
}

function ask(shot) {
  const popover = reasons();
  if (!popover || !shot.querySelector("[data-reject]")) return;
  judged = shot;
  popover.showPopover();
  place(popover, shot);
  popover.querySelector("[data-reason]").focus();
}

function reject(reason) {
  const shot = judged;
  reasons().hidePopover();
  if (!shot?.isConnected) return;
  shot.classList.add("is-going");
  const values = { decision: "reject", reason };
  window.htmx
    .ajax("POST", shot.dataset.reviewUrl, { source: shot, swap: "none", values })
    .finally(() => shot.classList.remove("is-going"));
  focusShot(shot);
}

function step(shot, by) {
  const all = shotsAround(shot);
  focusShot(all[all.indexOf(shot) + by]);
}

function stepRow(shot, direction) {
  const here = shot.getBoundingClientRect();
  const rows = shotsAround(shot).filter((other) => {
    const top = other.getBoundingClientRect().top;
    return direction > 0 ? top > here.top + 1 : top < here.top - 1;
  });
  const distance = (other) => {
    const { top, left } = other.getBoundingClientRect();
    return Math.abs(top - here.top) * 1000 + Math.abs(left - here.left);
  };
  focusShot(rows.sort((one, other) => distance(one) - distance(other))[0]);
}

function press(shot, selector) {
  shot.querySelector(selector)?.click();
}

const keys = {
  ArrowRight: (shot) => step(shot, 1),
  ArrowLeft: (shot) => step(shot, -1),
  ArrowDown: (shot) => stepRow(shot, 1),
  ArrowUp: (shot) => stepRow(shot, -1),
  k: (shot) => {
    press(shot, "[data-keep-it]");
    step(shot, 1);
  },
  r: ask,
  s: (shot) => press(shot, "[data-star]"),
  u: (shot) => press(shot, "[data-undo]"),
};

document.addEventListener("click", (event) => {
  touched = shotOf(event.target)?.id ?? touched;
  if (event.target.closest("[data-reject]")) ask(shotOf(event.target));
  const tile = event.target.closest("[data-reason]");
  if (tile) reject(tile.dataset.reason);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key.length === 1 && localStorage.getItem(OFF)) return;
    const popover = event.target.closest?.("#reject-reasons");
    if (popover) {
      const tile = popover.querySelectorAll("[data-reason]")[Number(event.key) - 1];
      if (!tile || !/^[1-9]$/.test(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      return tile.click();
    }
    const shot = shotOf(event.target);
    const act = shot && keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the page has other uses for these letters
    act(shot);
  },
  { capture: true },
);

document.addEventListener("htmx:afterSwap", () => {
  const shot = touched && document.activeElement === document.body && document.getElementById(touched);
  if (shot) focusShot(shot);
});
