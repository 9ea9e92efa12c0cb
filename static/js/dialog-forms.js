// A dialog with a form closes when the server has taken it, and stays while something is to be mended.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
});
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt?.closest?.("form[data-closes-dialog]");
  if (form && event.detail.xhr.status < 300) {
    form.closest("dialog")?.close();
    form.reset();
  }
});
