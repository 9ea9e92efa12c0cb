// Gloved fingers press twice: a verb is sent once, its button shows that it is under way.
const under_way = new WeakSet();
const isVerb = (event) => event.detail.requestConfig?.verb !== "get";
const buttonOf = (event) => {
  const { elt, requestConfig } = event.detail;
  return requestConfig?.triggeringEvent?.submitter ?? (elt.matches("button") ? elt : elt.querySelector?.("[type=submit]"));
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.closest("[hx-post]") || form.matches("[data-download]") || event.defaultPrevented) return;
  if (under_way.has(form)) return event.preventDefault();
  under_way.add(form);
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) under_way.delete(form);
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (!isVerb(event)) return;
  if (under_way.has(event.detail.elt)) return event.preventDefault();
  under_way.add(event.detail.elt);
  buttonOf(event)?.setAttribute("aria-busy", "true");
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!isVerb(event)) return;
  under_way.delete(event.detail.elt);
  buttonOf(event)?.removeAttribute("aria-busy");
});
