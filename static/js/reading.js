// The reading list: `c` claims the row with the focus (or the first one) and opens it. Enter only opens.
const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "c" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || localStorage.getItem("keys:off")) return;
  const row = event.target.closest("[data-row]") ?? document.querySelector("#reading [data-row]");
  const claim = row?.querySelector("[data-claim]") ?? row?.querySelector(".actions a");
  if (!claim) return;
  event.preventDefault();
  claim.click();
});
