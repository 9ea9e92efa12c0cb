// Keys: `/` search, `j` `k` rows, Enter opens, `?` help, Escape leaves. Any element with data-key="s" is
// pressed by that letter and listed in the help with its data-key-label (or its own words).
// Single letters can be switched off on this computer (WCAG 2.2, 2.1.4).
const OFF = "keys:off";

const isTyping = (target) => target.closest("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]");
const isSeen = (element) => element.checkVisibility?.() ?? true;
const rows = () => [...document.querySelectorAll("[data-row]")].filter(isSeen);

function focusRow(row) {
  const link = row.querySelector("a[data-row-link], a.row-link, a[href]");
  if (!link) row.tabIndex = -1;
  (link ?? row).focus();
  row.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  if (all[next]) focusRow(all[next]);
}

function openRow(row, event) {
  if (event.ctrlKey || event.metaKey || event.button === 1) window.open(row.dataset.href, "_blank", "noopener");
  else location.assign(row.dataset.href);
}

function listPageKeys(dialog) {
  const list = dialog.querySelector("[data-page-keys]");
  const keyed = [...document.querySelectorAll("[data-key]")].filter(isSeen);
  const seen = new Set();
  list.replaceChildren();
  for (const element of keyed) {
    const key = element.dataset.key;
    if (seen.has(key)) continue;
    seen.add(key);
    const pair = document.createElement("div");
    const term = document.createElement("dt");
    const word = document.createElement("dd");
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    word.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.replace(key, "").trim();
    pair.append(term, word);
    list.append(pair);
  }
  list.hidden = !keyed.length;
}

function openDialog(dialog) {
  for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
  if (dialog.id === "keys") listPageKeys(dialog);
  dialog.showModal();
}

const single = {
  "/": () => document.getElementById("search")?.select(),
  "?": () => openDialog(document.getElementById("keys")),
  j: () => step(1),
  k: () => step(-1),
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && isTyping(event.target)) return event.target.blur();
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.target.matches("[data-row][data-href]")) return openRow(event.target, event);
  if (localStorage.getItem(OFF)) return;
  const keyed = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find(isSeen);
  const act = single[event.key] ?? (keyed && (() => keyed.click()));
  if (!act || (event.key === "?" && !document.getElementById("keys"))) return;
  event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) return openDialog(document.getElementById(opener.dataset.opens));
  const row = event.target.closest("[data-row][data-href]");
  const isOwnBusiness = event.target.closest("a, button, input, label, select, textarea, summary, [popover], dialog");
  if (row && !isOwnBusiness && !String(getSelection())) openRow(row, event);
});

for (const box of document.querySelectorAll("[data-keys-switch]")) {
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "1")));
}
