// The stage: how many panes there are, and which one is the active one.

import { tell } from "./bus.js";
import { h, oncePerFrame } from "./dom.js";
import { engine } from "./engine.js";
import { Pane } from "./pane.js";

export const LAYOUTS = { "1x1": 1, "1x2": 2, "2x2": 4 };

export class Stage {
  constructor(element) {
    this.element = element;
    this.grid = h("div", { class: "grid" });
    this.panes = [];
    this.active = null;
    this.layout = "1x1";
    this.looks = null;
    element.append(this.grid);
    this.resize = oncePerFrame(() => this.fit());
    new ResizeObserver(this.resize).observe(element);
  }

  /**
   * Give every picture the size of its place. One that was fitted is fitted anew, one that was enlarged
   * stays enlarged as much. The engine puts a resize off while it is drawing: then we come again.
   */
  fit() {
    if (!engine()) return undefined;
    const arePlanes = this.grid.hidden;
    const drawn = this.panes.filter(({ viewport }) => viewport.getImageData());
    this.looks ??= new Map(drawn.map((pane) => [pane, pane.view.look()]));
    engine().resize(true, arePlanes);
    if (this.panes.some((pane) => !pane.isFitted())) return this.resize();
    for (const [pane, look] of this.looks)
      if (this.panes.includes(pane) && pane.viewport.getImageData()) pane.view.restore(look);
    this.looks = null;
    engine().render();
    return undefined;
  }

  /** Lay out so many panes; the active pane stays, new ones are empty. */
  setLayout(layout) {
    this.layout = layout;
    this.grid.dataset.layout = layout;
    delete this.grid.dataset.solo;
    const count = LAYOUTS[layout];
    while (this.panes.length > count) this.drop(this.panes.findLast((pane) => pane !== this.active));
    while (this.panes.length < count) this.add();
    this.activate(this.active ?? this.panes[0]);
    this.resize();
    tell("layout");
  }

  add() {
    const pane = new Pane();
    this.grid.append(pane.element);
    pane.attach();
    this.panes.push(pane);
    const activate = () => this.activate(pane);
    pane.element.addEventListener("pointerdown", activate, { capture: true });
    pane.element.addEventListener("focusin", activate);
    pane.element.addEventListener("dblclick", (event) => {
      if (pane.image.contains(event.target)) this.toggleSolo();
    });
    return pane;
  }

  drop(pane) {
    pane.detach();
    this.panes = this.panes.filter((one) => one !== pane);
  }

  activate(pane) {
    if (pane === this.active) return;
    this.active?.element.classList.remove("is-active");
    this.active = pane;
    pane.element.classList.add("is-active");
    tell("active", { pane });
  }

  /** The next pane becomes the active one. */
  activateNext() {
    const next = this.panes[(this.panes.indexOf(this.active) + 1) % this.panes.length];
    this.activate(next);
    next.element.focus({ preventScroll: true });
  }

  /** One pane over the whole stage, or all of them again. */
  toggleSolo() {
    if (this.panes.length < 2) return;
    if (this.grid.dataset.solo) delete this.grid.dataset.solo;
    else this.grid.dataset.solo = "true";
    this.resize();
    tell("layout");
  }

  get isSolo() {
    return Boolean(this.grid.dataset.solo);
  }

  /** Take the panes away for a while; the answer puts them back as they were. */
  setAside() {
    const remembered = this.panes.map((pane) => ({
      stack: pane.stack,
      index: pane.wanted,
      isActive: pane === this.active,
    }));
    const { layout } = this;
    this.panes.forEach((pane) => pane.detach());
    this.panes = [];
    this.active = null;
    this.grid.hidden = true;
    return () => {
      this.grid.hidden = false;
      this.setLayout(layout);
      remembered.forEach(({ stack, index, isActive }, place) => {
        if (stack) this.panes[place].show(stack, index);
        if (isActive) this.activate(this.panes[place]);
      });
    };
  }

  paneOf(stack) {
    return this.panes.find((pane) => pane.stack === stack);
  }
}
