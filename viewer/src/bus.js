// News between the parts of the page. A part that has news does not know who listens.
//
//   "frame"    a frame was loaded or failed          { imageId, failed }
//   "stacks"   a series was split into its stacks    { series }
//   "pane"     a pane shows something else           { pane }
//   "image"    a pane shows another image            { pane }
//   "active"   another pane is the active one        { pane }
//   "layout"   the panes were laid out anew
//   "tools"    the chosen tool or a switch changed
//   "measured" a measurement came, changed or went
//   "keys"     an image was starred, or is a key image no longer

const target = new EventTarget();

/** Tell everybody who listens. */
export function tell(news, detail = {}) {
  target.dispatchEvent(new CustomEvent(news, { detail }));
}

/** Listen; the answer stops listening. */
export function listen(news, hear) {
  const listener = (event) => hear(event.detail);
  target.addEventListener(news, listener);
  return () => target.removeEventListener(news, listener);
}
