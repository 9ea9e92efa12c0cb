// Leads to what is wrong: a form that comes back with errors puts the summary into view and focus.
function lead(root) {
  const summary = root.querySelector?.("[data-error-summary]");
  if (summary && !summary.dataset.led) {
    summary.dataset.led = "yes";
    summary.focus();
  }
}

lead(document);
document.body.addEventListener("htmx:afterSettle", (event) => lead(event.detail.elt));
