// Gloved fingers press twice: a verb is sent once, its button shows that it is under way.
const under_way = new WeakSet();
const isHtmx = (form) => form.hasAttribute("hx-post");
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

// The second press is stopped before htmx sees it: it would wait until the first is answered, and be sent then.
const stop = (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
};
document.addEventListener("click", (event) => under_way.has(event.target.closest?.("[hx-post]:is(button, a)")) && stop(event), true);
document.addEventListener("submit", (event) => isHtmx(event.target) && under_way.has(event.target) && stop(event), true);

document.body.addEventListener("htmx:beforeRequest", (event) => {
  if (!isVerb(event)) return;
  under_way.add(event.detail.elt);
  buttonOf(event)?.setAttribute("aria-busy", "true");
});
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (!isVerb(event)) return;
  under_way.delete(event.detail.requestConfig.elt);
  buttonOf(event)?.removeAttribute("aria-busy");
});
