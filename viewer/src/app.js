// The page: who it is about, which series there are, and a desk to look at them. The data are asked for
// while the drawing engine is still being fetched.

import { date, personName, text } from "./attributes.js";
import { config } from "./config.js";
import { loadSeries, mayHaveImages, openStudy } from "./catalogue.js";
import { h, say as write } from "./dom.js";
import { Fault } from "./fault.js";
import { clearNotice, sayTrouble } from "./notice.js";
import { loadKeys } from "./reviews.js";
import { addStudy, makeStrip } from "./strip.js";
import { gettext } from "./text.js";

const studies = [];
let desk = null;

// The desk is set up while the archive is still looking for the study.
const deskReady = import("./desk.js").then(({ Desk }) => {
  desk = new Desk({ strip, studies, open });
  return desk;
});

const strip = makeStrip(document.getElementById("viewer-strip"), {
  onChoose: (series, stack, byPointer) => desk?.choose(series, stack, byPointer),
  isShown: (stack) => desk?.shownAs(stack) ?? "",
});

// A frame that failed tells its own pane; the engine also lets the same failure go unheard.
window.addEventListener("unhandledrejection", (event) => {
  if (event.reason instanceof Fault) event.preventDefault();
});

/** Open a study, put it into the strip, and start on its first series. */
async function open(uid, role) {
  const known = studies.find((study) => study.uid === uid);
  if (known) return known;
  const study = await openStudy(uid);
  loadKeys(uid);
  studies.push(study);
  addStudy(strip, study, role);
  const first = firstSeries(study);
  if (first) loadSeries(first).catch(() => undefined);
  return study;
}

function firstSeries(study) {
  return study.series.find(mayHaveImages) ?? study.series[0];
}

function writeIdentity({ attributes }) {
  const facts = [
    text(attributes, "00100020"),
    date(attributes, "00100030"),
    text(attributes, "00100040"),
  ].filter(Boolean);
  write(document.getElementById("patient-name"), personName(attributes, "00100010") || gettext("No name"));
  document.getElementById("patient-facts").replaceChildren(...facts.map((fact) => h("span", { text: fact })));
  document.title = [text(attributes, "00081030") || gettext("Study"), date(attributes, "00080020")]
    .filter(Boolean)
    .join(" · ");
}

async function start() {
  clearNotice();
  const [main, ...others] = config.studies;
  if (!main) return sayTrouble(gettext("No study was named."), () => window.location.assign(config.back));
  try {
    const study = await open(main, gettext("Study"));
    writeIdentity(study);
    await deskReady;
    desk.stage.active.expect(true);
    await firstLoaded(study);
    await desk.begin(firstSeries(study));
    for (const uid of others) await desk.compareWith(uid);
  } catch (trouble) {
    desk?.stage.active.expect(false);
    sayTrouble(trouble instanceof Fault ? trouble.message : gettext("The study could not be opened."), start);
    if (!(trouble instanceof Fault)) console.error(trouble);
  }
  return undefined;
}

function firstLoaded(study) {
  const first = firstSeries(study);
  return first && loadSeries(first);
}

start();
