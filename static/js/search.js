// The search box of the frame: what is typed finds patients and procedures without leaving the page.
// Arrows walk what was found, Enter opens it, or shows the whole list when nothing is chosen.
const form = document.querySelector("[data-search]");
const input = form?.querySelector("#search");
const place = form?.querySelector("[data-search-found]");

const choices = () => [...place.querySelectorAll("[role=option]")];
const chosen = () => place.querySelector("[role=option][aria-selected=true]");

function show(isShown) {
  const isWorthIt = isShown && input.value.trim() !== "" && place.childElementCount > 0;
  place.hidden = !isWorthIt;
  input.setAttribute("aria-expanded", String(isWorthIt));
  if (!isWorthIt) choose(null);
}

function choose(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

function walk(by) {
  const all = choices();
  const at = all.indexOf(chosen());
  choose(all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by] ?? null);
}

function onKey(event) {
  if (event.isComposing) return; // Enter that ends the writing of a kanji opens nothing
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (by) {
    event.preventDefault();
    show(true);
    walk(by);
  } else if (event.key === "Enter" && chosen() && !place.hidden) {
    event.preventDefault();
    location.assign(chosen().href);
  } else if (event.key === "Escape") {
    show(false);
  }
}

if (form) {
  input.addEventListener("keydown", onKey);
  input.addEventListener("focus", () => show(true));
  input.addEventListener("input", () => input.value.trim() || show(false));
  place.addEventListener("htmx:afterSettle", () => show(document.activeElement === input));
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || show(false));
  place.addEventListener("mousedown", (event) => event.preventDefault()); // a press keeps the box focused
}
