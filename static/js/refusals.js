// Says in the message area what went wrong with a request: a refusal's own sentence (409), or in plain
// words why nothing happened. Never swaps an error or a sign-in page into a piece of the page.
const words = JSON.parse(document.getElementById("words")?.textContent || "{}");
const byStatus = { 403: "forbidden", 404: "gone", 410: "gone", 413: "tooLarge", 429: "tooMany", 502: "unavailable", 503: "unavailable", 504: "timedOut" };
const SIGN_IN = "/accounts/login/";
const QUIET_FOR = 6000;

export function say(sentence, { level = "error", link } = {}) {
  const template = document.getElementById("message-template");
  const area = areaFor(level);
  if (!template || !area) return;
  for (const old of area.querySelectorAll("[data-message]")) {
    if (old.dataset.sentence === sentence) old.remove();
  }
  const message = template.content.firstElementChild.cloneNode(true);
  message.dataset.sentence = sentence;
  message.classList.replace("message-error", `message-${level}`);
  message.querySelector("p").textContent = sentence;
  if (link) {
    const anchor = Object.assign(document.createElement("a"), { href: link.href, textContent: link.word });
    message.querySelector("p").append(" ", anchor);
  }
  area.append(message);
  if (level !== "error") leaveQuietly(message);
}

// An open dialog covers the page: what is said must be said inside it.
function areaFor(level) {
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  if (!dialog) return document.querySelector(level === "error" ? ".messages-loud" : ".messages-quiet");
  const there = dialog.querySelector("[data-dialog-messages]");
  if (there) return there;
  const made = Object.assign(document.createElement("div"), { className: "dialog-messages" });
  made.dataset.dialogMessages = "";
  made.setAttribute("role", "alert");
  dialog.prepend(made);
  return made;
}

function leaveQuietly(message) {
  const timer = setInterval(() => {
    if (!message.matches(":hover, :focus-within")) {
      message.remove();
      clearInterval(timer);
    }
  }, QUIET_FOR);
}

function sentenceOf(xhr) {
  const isText = (xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
  if (isText && xhr.responseText && xhr.responseText.length < 600) return xhr.responseText;
  return words[byStatus[xhr.status]] || words.failed;
}

// A refresh nobody asked for fails in silence: the dot in the top bar tells about it.
const isAskedFor = (event) => {
  const trigger = event.detail.requestConfig?.triggeringEvent;
  return Boolean(trigger) && !trigger.type.startsWith("live:");
};

document.body.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 409 || isAskedFor(event)) say(sentenceOf(xhr));
});
document.body.addEventListener("htmx:sendError", (event) => isAskedFor(event) && say(words.networkAway));
document.body.addEventListener("htmx:timeout", (event) => isAskedFor(event) && say(words.timedOut));
document.body.addEventListener("htmx:beforeSwap", (event) => {
  const arrivedAt = event.detail.xhr.responseURL || "";
  if (!arrivedAt || !new URL(arrivedAt).pathname.startsWith(SIGN_IN)) return;
  event.detail.shouldSwap = false;
  const next = encodeURIComponent(location.pathname + location.search);
  say(words.signedOut, { link: { href: `${SIGN_IN}?next=${next}`, word: words.signIn } });
});
document.addEventListener("say", (event) => say(event.detail.sentence, event.detail));
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("[data-message]")?.remove());
for (const message of document.querySelectorAll(".messages-quiet [data-message]")) {
  if (["success", "info"].includes(message.dataset.messageLevel)) leaveQuietly(message);
}
