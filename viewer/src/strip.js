// The strip of series: a small picture of each, how far it is loaded, and a way into a pane.

import { seriesThumbnailUrl } from "./archive.js";
import { date, text, values } from "./attributes.js";
import { listen } from "./bus.js";
import { hasImages, mayHaveImages } from "./catalogue.js";
import { h, oncePerFrame, say } from "./dom.js";
import { icon } from "./icons.js";
import { keysOf } from "./reviews.js";
import { fill, gettext, ngettext } from "./text.js";

const DRAGGED = "application/x-stack";

/**
 * @param {HTMLElement} element
 * @param {{onChoose: (series: object, stack: object|null, byPointer: boolean) => void, isShown: (stack: object) => string}} given
 */
export function makeStrip(element, given) {
  const strip = { element, given, cards: new Map(), studies: [] };
  strip.paint = oncePerFrame(() => paintAll(strip));
  listen("frame", strip.paint);
  listen("pane", strip.paint);
  listen("active", strip.paint);
  listen("layout", strip.paint);
  listen("keys", strip.paint);
  listen("stacks", ({ series }) => rebuild(strip, series));
  return strip;
}

/** Show a study below those that are there. */
export function addStudy(strip, study, role) {
  const list = h("ul", { class: "series-list" });
  const modalities = values(study.attributes, "00080061").join(", ");
  const heading = h(
    "h2",
    { class: "study-head" },
    h("span", { class: "study-role", text: role }),
    h("span", { class: "study-date", text: date(study.attributes, "00080020") || gettext("No date") }),
    h("span", {
      class: "study-words",
      text: [modalities, text(study.attributes, "00081030")].filter(Boolean).join(" · "),
    }),
  );
  strip.element.append(h("section", { class: "study", "aria-label": role }, heading, list));
  study.list = list;
  strip.studies.push(study);
  study.series.forEach((series) => rebuild(strip, series));
}

/** One card for a series, or one for each of its stacks once they are known. */
function rebuild(strip, series) {
  const { list } = series.study;
  if (!list) return;
  const entries = series.stacks.length ? series.stacks : [null];
  const cards = entries.map((stack, index) => makeCard(strip, series, stack, index));
  const old = strip.cards.get(series) ?? [];
  strip.cards.set(series, cards);
  if (!old.length) list.append(...cards.map(({ item }) => item));
  else {
    old[0].item.before(...cards.map(({ item }) => item));
    old.forEach(({ item }) => item.remove());
  }
  strip.paint();
}

function makeCard(strip, series, stack, index) {
  const url = seriesThumbnailUrl(series.study.uid, series.uid);
  const stackUrl =
    stack && index > 0
      ? `${url.replace(/thumbnail$/, "")}instances/${text(stack.datasets[0], "00080018")}/thumbnail`
      : url;
  const picture = h("img", { src: stackUrl, alt: "", loading: "lazy", draggable: "false" });
  picture.addEventListener("error", () =>
    picture.replaceWith(h("span", { class: "no-picture", text: series.modality })),
  );
  const stars = h("span", { class: "card-stars", hidden: true });
  const bar = h("span", { class: "card-bar" });
  const note = h("span", { class: "card-note" });
  const button = h(
    "button",
    {
      type: "button",
      class: "card",
      draggable: "true",
      on: { click: (event) => strip.given.onChoose(series, stack, event.detail > 0) },
    },
    h(
      "span",
      { class: "card-picture" },
      picture,
      h("span", { class: "card-modality", text: series.modality }),
      series.trouble ? icon("warning") : null,
      stars,
    ),
    h(
      "span",
      { class: "card-words" },
      h("span", { class: "card-name", text: nameOf(series, stack) }),
      h("span", { class: "card-count", text: countOf(series, stack) }),
      note,
    ),
    bar,
  );
  button.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData(DRAGGED, stack?.id ?? series.uid);
    strip.dragged = { series, stack };
  });
  return { item: h("li", {}, button), button, bar, note, stars, series, stack };
}

function nameOf(series, stack) {
  const words =
    series.description ||
    stack?.kind?.words ||
    fill(gettext("%(modality)s series"), { modality: series.modality });
  return series.number === undefined ? words : `${series.number}  ${words}`;
}

function countOf(series, stack) {
  if (!stack && !mayHaveImages(series))
    return series.count ? ngettext("%(count)s object", "%(count)s objects", series.count) : "";
  if (!stack) return series.count ? ngettext("%(count)s image", "%(count)s images", series.count) : "";
  if (stack.form === "document") return stack.kind.words;
  if (stack.form === "video") return gettext("Video");
  const count = stack.frames.length;
  return stack.form === "frames"
    ? ngettext("%(count)s frame", "%(count)s frames", count)
    : ngettext("%(count)s image", "%(count)s images", count);
}

function paintAll(strip) {
  for (const cards of strip.cards.values()) for (const card of cards) paint(strip, card);
}

function paint(strip, { button, bar, note, stars, series, stack }) {
  const shown = stack ? strip.given.isShown(stack) : "";
  button.dataset.shown = shown;
  if (shown === "active") button.setAttribute("aria-current", "true");
  else button.removeAttribute("aria-current");
  if (series.trouble) say(note, series.trouble.message);
  if (!stack || !hasImages(stack)) return;
  paintStars(stars, keysOf(stack));
  const done = stack.loaded.size / stack.frames.length;
  bar.style.setProperty("--done", done.toFixed(3));
  bar.dataset.state = stack.loaded.size + stack.failed.size >= stack.frames.length ? "done" : "loading";
  say(
    note,
    stack.failed.size
      ? ngettext("%(count)s cannot be shown", "%(count)s cannot be shown", stack.failed.size)
      : "",
  );
}

function paintStars(stars, count) {
  stars.hidden = !count;
  say(stars, `★ ${count}`);
  stars.title = ngettext("%(count)s key image", "%(count)s key images", count);
}

/** Let series be dropped on a pane. */
export function acceptDrops(strip, element, onDrop) {
  element.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes(DRAGGED)) event.preventDefault();
  });
  element.addEventListener("drop", (event) => {
    const pane = event.target.closest(".pane");
    if (!pane || !strip.dragged) return;
    event.preventDefault();
    onDrop(pane.id, strip.dragged.series, strip.dragged.stack);
  });
}
