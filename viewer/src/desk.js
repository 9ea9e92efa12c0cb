// The desk ties the parts together: stage, tools, keys and panels, and what a series or a study does to them.

import { listen, tell } from "./bus.js";
import { hasImages, loadSeries, mayHaveImages } from "./catalogue.js";
import { allCommands } from "./commands.js";
import { config } from "./config.js";
import { startEngine } from "./engine.js";
import { makeHelp } from "./help.js";
import { startKeys } from "./keys.js";
import { Link } from "./link.js";
import { setMeasurementsAside, watchMeasurements } from "./measurements.js";
import { closeMenu, openMenu } from "./menu.js";
import { clearNotice, say, sayTrouble } from "./notice.js";
import { Planes } from "./planes.js";
import { startPrefetch } from "./prefetch.js";
import { LAYOUTS, Stage } from "./stage.js";
import { watchProgress } from "./progress.js";
import { acceptDrops } from "./strip.js";
import { makeTagPanel } from "./tags.js";
import { gettext } from "./text.js";
import { makeToolbar } from "./toolbar.js";
import { cancelDrawing, chooseTool, chosenTool, startTools } from "./tools.js";

const byId = (id) => document.getElementById(id);

export class Desk {
  constructor({ strip, studies, open }) {
    Object.assign(this, {
      strip,
      studies,
      openStudy: open,
      planes: null,
      putBack: null,
      drawnInPlanes: new Map(),
    });
    startEngine();
    startTools();
    this.stage = new Stage(byId("viewer-stage"));
    this.stage.setLayout("1x1");
    this.stage.active.expect(true);
    this.link = new Link(this.stage);
    this.tags = makeTagPanel(byId("viewer-panel"), () => this.active);
    this.commands = allCommands();
    this.help = makeHelp(this.commands);
    makeToolbar(byId("viewer-toolbar"), this.commands, this);
    startKeys(this.commands, this, () => this.escape());
    watchMeasurements();
    watchProgress(byId("viewer-progress"), () => this.planes?.stack ?? this.active?.stack);
    acceptDrops(strip, this.stage.element, (paneId, series, stack) => this.drop(paneId, series, stack));
    listen("close-planes", () => this.closePlanes());
    startPrefetch(
      () => this.panesByNeed(),
      () => this.studies[0],
      (trouble) => this.stop(trouble),
    );
    this.listenForPlanes();
  }

  /** What commands act on: the active pane, or the active plane of a volume. */
  get active() {
    return this.planes ? this.planes.active : this.stage.active;
  }

  panesByNeed() {
    const others = this.stage.panes.filter((pane) => pane !== this.stage.active);
    return [this.stage.active, ...others].filter(Boolean);
  }

  /** The archive closed its door while fetching ahead. */
  stop(trouble) {
    sayTrouble(trouble.message, () => {
      tell("resume");
      this.stage.panes
        .filter((pane) => pane.element.dataset.state === "fault")
        .forEach((pane) => pane.tryAgain());
    });
  }

  say(sentence) {
    say(sentence);
  }

  async begin(series) {
    if (series) await this.showSeries(series);
    byId("viewer").dataset.state = "ready";
  }

  /** A series chosen in the strip. With the pointer, the keys go back to the pane. */
  choose(series, stack, byPointer) {
    this.showSeries(series, stack);
    if (byPointer) this.stage.active.element.focus({ preventScroll: true });
  }

  /** Show a series in the active pane; without a stack, the first of its stacks. */
  async showSeries(series, stack = null, pane = null) {
    if (this.planes) this.closePlanes();
    const target = pane ?? this.stage.active;
    try {
      const stacks = await loadSeries(series);
      const wanted = stack ?? stacks.find(hasImages) ?? stacks[0];
      if (!wanted) return say(gettext("This series is empty."));
      clearNotice();
      await target.show(wanted);
    } catch (trouble) {
      sayTrouble(trouble.message, () => this.showSeries(series, stack, pane));
    }
    return undefined;
  }

  /** Show one image of a stack in the active pane. */
  async showImage(stack, index) {
    if (this.planes) this.closePlanes();
    const pane = this.stage.active;
    if (pane.stack === stack) return pane.goTo(index);
    clearNotice();
    return pane.show(stack, index);
  }

  /** A series has changed in the archive: read it again, and stay near the image that was shown. */
  async reloadSeries(stack, index) {
    const { series } = stack;
    const pane = this.stage.paneOf(stack) ?? this.stage.active;
    series.loading = null;
    try {
      const stacks = await loadSeries(series);
      const next = stacks.find(({ form }) => form === stack.form) ?? stacks[0];
      if (next) await pane.show(next, Math.min(index, Math.max(0, next.frames.length - 1)));
    } catch {
      pane.empty(); // the last image of it is gone
    }
  }

  drop(paneId, series, stack) {
    const pane = this.stage.panes.find(({ id }) => id === paneId);
    if (!pane) return;
    this.stage.activate(pane);
    this.showSeries(series, stack, pane);
  }

  shownAs(stack) {
    if (this.planes?.stack === stack) return "active";
    const pane = this.stage.paneOf(stack);
    if (!pane) return "";
    return pane === this.stage.active ? "active" : "shown";
  }

  /** All stacks in the order of the strip. */
  allStacks() {
    return this.studies.flatMap((study) =>
      study.series.flatMap((series) =>
        series.stacks.length ? series.stacks.map((stack) => ({ series, stack })) : [{ series, stack: null }],
      ),
    );
  }

  stepSeries(step) {
    const all = this.allStacks();
    const at = all.findIndex(({ stack }) => stack && stack === this.stage.active?.stack);
    const next = all[at + step];
    if (next) this.showSeries(next.series, next.stack);
    else say(step > 0 ? gettext("This is the last series.") : gettext("This is the first series."));
  }

  nextPane() {
    if (this.planes) this.planes.activateNext();
    else this.stage.activateNext();
  }

  reset() {
    if (this.planes) this.planes.reset();
    else this.active.view.reset();
  }

  setLayout(layout) {
    if (this.planes) this.closePlanes();
    this.stage.setLayout(layout);
    this.fillPanes();
  }

  nextLayout() {
    const names = Object.keys(LAYOUTS);
    this.setLayout(names[(names.indexOf(this.stage.layout) + 1) % names.length]);
  }

  /** New panes get the next series with images. */
  async fillPanes() {
    const shown = new Set(this.stage.panes.map(({ stack }) => stack?.series).filter(Boolean));
    const waiting = this.studies
      .flatMap(({ series }) => series)
      .filter((series) => mayHaveImages(series) && !shown.has(series));
    for (const pane of this.stage.panes.filter(({ stack }) => !stack)) {
      const series = waiting.shift();
      if (series) await this.showSeries(series, null, pane);
    }
  }

  async togglePlanes() {
    if (this.planes) return this.closePlanes();
    const { stack, viewport } = this.stage.active;
    const { voiRange, invert } = viewport.getProperties();
    const [panes, drawn] = [this.stage.setAside(), setMeasurementsAside()];
    this.putBack = () => {
      panes();
      drawn();
    };
    this.planes = new Planes(stack, { voiRange, invert });
    this.stage.element.append(this.planes.element);
    chooseTool("crosshairs");
    tell("layout");
    try {
      await this.planes.open();
      this.drawnInPlanes.get(this.planes?.volumeId)?.();
    } catch (fault) {
      this.planes?.showFault(fault);
    }
    return undefined;
  }

  closePlanes() {
    const drawn = setMeasurementsAside();
    this.drawnInPlanes.set(this.planes.volumeId, drawn);
    this.planes.close();
    this.planes = null;
    if (chosenTool() === "crosshairs") chooseTool("window");
    this.putBack();
    tell("layout");
  }

  listenForPlanes() {
    const activate = ({ target }) => this.planes?.activateAt(target);
    this.stage.element.addEventListener("pointerdown", activate, { capture: true });
    this.stage.element.addEventListener("focusin", activate);
  }

  /** The patient's other studies as choices of a menu. */
  otherStudies() {
    const choices = config.otherStudies
      .filter(({ uid }) => uid !== this.studies[0]?.uid)
      .map((one) => this.choiceOf(one));
    return choices.length ? choices : [{ words: gettext("This patient has no other study here.") }];
  }

  choiceOf({ uid, date: day, modalities, description }) {
    return {
      words: [day || gettext("No date"), modalities].filter(Boolean).join("  "),
      hint: description,
      isOn: this.studies.some((study) => study.uid === uid),
      run: () => this.compareWith(uid),
    };
  }

  /** Put another study beside this one, its likest series in the second pane. */
  async compareWith(uid) {
    try {
      const study = await this.openStudy(uid, gettext("Comparison"));
      if (this.planes) this.closePlanes();
      const here = this.stage.active.stack?.series;
      if (this.stage.layout === "1x1") this.stage.setLayout("1x2");
      const pane = this.stage.panes.find((one) => one !== this.stage.active);
      const series = likest(study.series, here);
      if (series) await this.showSeries(series, null, pane);
    } catch (trouble) {
      sayTrouble(trouble.message, () => this.compareWith(uid));
    }
  }

  openMenuOf(command) {
    const button = document.querySelector(`[data-command="${command.id}"]`);
    Promise.resolve(command.menu(this)).then((choices) => openMenu(button, choices));
  }

  toggleStrip() {
    byId("viewer").classList.toggle("without-strip");
    tell("layout");
  }

  async toggleFull() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await document.documentElement.requestFullscreen();
    } catch {
      say(gettext("This browser does not allow full screen."));
    }
  }

  escape() {
    if (closeMenu() || this.help.isOpen()) return;
    if (cancelDrawing(this.active?.image)) return;
    if (this.stage.isSolo) this.stage.toggleSolo();
    else if (this.planes) this.closePlanes();
  }
}

/** The series most like another one: same modality first, then same words, then the most images. */
function likest(all, series) {
  const likeness = (one) =>
    (one.modality === series?.modality ? 4 : 0) +
    (one.description === series?.description ? 2 : 0) +
    (mayHaveImages(one) ? 1 : 0);
  return [...all].sort(
    (one, other) => likeness(other) - likeness(one) || (other.count ?? 0) - (one.count ?? 0),
  )[0];
}
