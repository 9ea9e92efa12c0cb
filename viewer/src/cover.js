// What lies over a pane when there is no picture to see: waiting, a fault, or what an object is.

import { instanceUrl } from "./archive.js";
import { text } from "./attributes.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { contentTree } from "./report_text.js";
import { gettext } from "./text.js";

export function makeCover() {
  return h("div", { class: "cover", hidden: true });
}

function show(cover, kind, ...children) {
  cover.replaceChildren(...children.filter(Boolean));
  cover.dataset.kind = kind;
  cover.hidden = false;
}

export function hideCover(cover) {
  cover.hidden = true;
  cover.replaceChildren();
  delete cover.dataset.kind;
}

/** An empty pane says what to do. */
export function coverEmpty(cover) {
  show(cover, "empty", h("p", { text: gettext("Choose a series, or drop one here.") }));
}

export function coverWaiting(cover) {
  show(cover, "waiting", h("span", { class: "spinner", role: "status", "aria-label": gettext("Loading") }));
}

/** A picture that cannot be shown: the sentence, and a way to try again. */
export function coverFault(cover, title, sentence, onRetry) {
  const retry = h("button", {
    type: "button",
    class: "plain-button",
    text: gettext("Try again"),
    on: { click: onRetry },
  });
  show(cover, "fault", icon("warning"), h("h2", { text: title }), h("p", { text: sentence }), retry);
}

/** An object without pixels of its own: a picture of it, what it is, and a way to open it. */
export function coverDocument(cover, stack) {
  const dataset = stack.datasets[0];
  const url = instanceUrl(stack.series.study.uid, stack.series.uid, text(dataset, "00080018"));
  const title = text(dataset, "00420010") || stack.series.description || text(dataset, "00081030");
  const tree = contentTree(dataset);
  show(
    cover,
    tree ? "report" : "document",
    h("h2", { text: stack.form === "video" ? gettext("Video") : stack.kind.words }),
    title ? h("p", { class: "cover-title", text: title }) : null,
    documentLink(dataset),
    tree ?? drawnPicture(url, stack),
  );
}

/** The small picture that the archive has made of it, or the sign of its kind. */
function drawnPicture(url, stack) {
  const picture = h("img", { src: `${url}/thumbnail`, alt: "", class: "cover-picture" });
  picture.addEventListener("error", () => picture.remove());
  return stack.form === "video" ? film(url, picture) : picture;
}

/** A film in a format of films: the browser plays it when it can, else its picture stays. */
function film(url, picture) {
  const player = h("video", {
    src: `${url}/frames/1?accept=video/*`,
    controls: true,
    preload: "metadata",
    class: "cover-picture",
  });
  player.addEventListener("error", () => {
    const note = h("p", { class: "lesser", text: gettext("This browser cannot play the film.") });
    player.replaceWith(picture, note);
  });
  return player;
}

/** A link to the document inside an object; the archive gives it as a download. */
function documentLink(dataset) {
  const address = dataset["00420011"]?.BulkDataURI;
  return address
    ? h(
        "a",
        { href: address, download: true, class: "plain-button" },
        icon("open"),
        gettext("Download the document"),
      )
    : null;
}
