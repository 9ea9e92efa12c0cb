// How much of what is shown is here already, in words.

import { listen } from "./bus.js";
import { oncePerFrame, say } from "./dom.js";
import { fill, gettext, ngettext } from "./text.js";

/** Keep an element saying it; `stackNow` gives the stack that is meant. */
export function watchProgress(element, stackNow) {
  const paint = oncePerFrame(() => say(element, wordsOf(stackNow())));
  for (const news of ["frame", "active", "pane", "layout"]) listen(news, paint);
}

function wordsOf(stack) {
  const count = stack?.frames.length ?? 0;
  if (!count) return "";
  const failed = stack.failed.size;
  const loaded = stack.loaded.size;
  const faults = failed
    ? ` · ${ngettext("%(count)s cannot be shown", "%(count)s cannot be shown", failed)}`
    : "";
  const words =
    loaded + failed >= count
      ? ngettext("%(count)s image loaded", "%(count)s images loaded", loaded)
      : fill(gettext("%(loaded)s of %(count)s images loaded"), { loaded, count });
  return words + faults;
}
