// Asks before what cannot be taken back. On a button, link or form: data-confirm="Discard this file?",
// and if wanted data-confirm-detail, data-confirm-yes="Discard", data-confirm-danger.
const dialog = document.getElementById("confirm");
const agreed = new WeakSet();

function ask(element, question) {
  const yes = dialog.querySelector("[data-confirm-yes]");
  const detail = dialog.querySelector("[data-confirm-detail]");
  yes.dataset.word ||= yes.textContent;
  dialog.querySelector(".dialog-question").textContent = question;
  detail.textContent = element.dataset.confirmDetail || "";
  detail.hidden = !detail.textContent;
  yes.textContent = element.dataset.confirmYes || yes.dataset.word;
  const isDanger = element.hasAttribute("data-confirm-danger");
  yes.className = isDanger ? "btn btn-danger is-strong" : "btn btn-primary";
  dialog.returnValue = "";
  dialog.showModal();
  dialog.querySelector(isDanger ? "[data-confirm-cancel]" : "[data-confirm-yes]").focus();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "confirm"), { once: true });
  });
}

if (dialog) {
  document.body.addEventListener("htmx:confirm", async (event) => {
    const element = event.detail.elt;
    const question = event.detail.question || element.dataset.confirm;
    if (!question) return;
    event.preventDefault();
    if (await ask(element, question)) event.detail.issueRequest(true);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || agreed.delete(form) || isHtmx(form) || isHtmx(source)) return;
    const submitter = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(source, source.dataset.confirm)) {
      agreed.add(form);
      form.requestSubmit(submitter);
    }
  }, true);
}

function isHtmx(element) {
  return ["hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete"].some((name) => element.hasAttribute(name));
}
