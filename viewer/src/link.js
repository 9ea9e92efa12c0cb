// Scrolling panes together. When panes are linked, where they stand is remembered; from then on they move
// by the same way: by millimetres when both know where their slices lie at the same angle, by pictures
// otherwise. So a prior follows although its slices have other numbers.
// A pane that is on its way to where it was sent leads nobody: the person may be further by then.

import { listen, tell } from "./bus.js";
import { depthOf, dot, normalOf, orientationOf } from "./geometry.js";

export class Link {
  constructor(stage) {
    this.stage = stage;
    this.anchors = null;
    this.sent = new Map(); // panes that follow, and the image that each was sent to
    this.isMoving = false;
    listen("image", ({ pane }) => this.follow(pane));
    listen("pane", () => this.anchors && this.anchor());
    listen("layout", () => this.anchors && this.anchor());
  }

  get isOn() {
    return Boolean(this.anchors);
  }

  toggle() {
    if (this.isOn) this.anchors = null;
    else this.anchor();
    tell("tools");
  }

  anchor() {
    this.sent.clear();
    const linked = this.stage.panes.filter((pane) => pane.hasImages);
    this.anchors = new Map(
      linked.map((pane) => [pane, { index: pane.wanted, depth: depthOf(pane.frame.attributes) }]),
    );
  }

  follow(leader) {
    if (!this.anchors?.has(leader) || this.isMoving) return;
    if (this.sent.get(leader) === leader.heading) return;
    this.sent.delete(leader);
    this.isMoving = true;
    const from = this.anchors.get(leader);
    for (const [pane, anchor] of this.anchors) {
      if (pane === leader || !pane.hasImages) continue;
      pane.goTo(targetOf(leader, from, pane, anchor));
      this.sent.set(pane, pane.heading);
    }
    this.isMoving = false;
  }
}

function targetOf(leader, from, pane, anchor) {
  const depth = depthOf(leader.frame.attributes);
  const areParallel =
    anchor.depth !== undefined && depth !== undefined && isSameAngle(leader.frame, pane.frame);
  if (!areParallel) return anchor.index + (leader.wanted - from.index);
  const wanted = anchor.depth + (depth - from.depth);
  return nearestDepth(pane.stack.frames, wanted);
}

function isSameAngle(one, other) {
  const [first, second] = [one, other].map((frame) => normalOf(orientationOf(frame.attributes)));
  return dot(first, second) > 0.95;
}

function nearestDepth(frames, wanted) {
  const away = frames.map(({ attributes }) => Math.abs((depthOf(attributes) ?? Infinity) - wanted));
  return away.indexOf(Math.min(...away));
}
