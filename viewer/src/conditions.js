// What a command needs. Each answers the reason why it is not so, or null.

import { gettext } from "./text.js";

export const noImages = () => gettext("There is no image in this pane.");
export const needsImage = ({ active }) => (active?.hasImages && active.view ? null : noImages());

export const needsStack = (desk) =>
  needsImage(desk) ?? (desk.planes ? gettext("Not in the planes of a volume.") : null);

export const needsColourless = (desk) =>
  needsImage(desk) ?? (isColour(desk.active) ? gettext("Colour images have no window.") : null);
const isColour = (pane) => Boolean(pane.viewport?.getCornerstoneImage?.()?.color);
