// Measurements as a whole: taking away, hiding and showing them.

import { annotation, Enums } from "@cornerstonejs/tools";
import { eventTarget } from "@cornerstonejs/core";
import { tell } from "./bus.js";
import { engine } from "./engine.js";
import { MEASURING_TOOLS } from "./tools.js";

const { Events } = Enums;
let areHidden = false;

export function watchMeasurements() {
  for (const news of [Events.ANNOTATION_COMPLETED, Events.ANNOTATION_MODIFIED, Events.ANNOTATION_REMOVED]) {
    eventTarget.addEventListener(news, () => tell("measured"));
  }
  eventTarget.addEventListener(Events.ANNOTATION_ADDED, () => {
    if (areHidden) showMeasurements(true);
  });
}

export function measurements() {
  return annotation.state
    .getAllAnnotations()
    .filter(({ metadata }) => MEASURING_TOOLS.includes(metadata.toolName));
}

/** Take away the selected measurements, or the newest when none is selected. */
export function removeMeasurement() {
  const selected = annotation.selection.getAnnotationsSelected();
  const doomed = selected.length
    ? selected
    : measurements()
        .slice(-1)
        .map((one) => one.annotationUID);
  doomed.forEach((uid) => annotation.state.removeAnnotation(uid));
  redraw();
}

export function removeAllMeasurements() {
  measurements().forEach(({ annotationUID }) => annotation.state.removeAnnotation(annotationUID));
  redraw();
}

export function areMeasurementsHidden() {
  return areHidden;
}

export function showMeasurements(shown) {
  areHidden = !shown;
  measurements().forEach(({ annotationUID }) =>
    annotation.visibility.setAnnotationVisibility(annotationUID, shown),
  );
  redraw();
}

/**
 * Take all measurements away for a while; the answer puts them back. Stacks and the planes of a volume
 * keep theirs apart: one drawn on a slice would stand edge-on in the other planes.
 */
export function setMeasurementsAside() {
  const kept = measurements();
  kept.forEach(({ annotationUID }) => annotation.state.removeAnnotation(annotationUID));
  return () => {
    kept.forEach((one) => annotation.state.addAnnotation(one, one.metadata.FrameOfReferenceUID));
    redraw();
  };
}

function redraw() {
  engine().render();
  tell("measured");
}
