// The archive's door: the few DICOMweb calls (PS3.18) the viewer makes, on the person's own session.

import { config } from "./config.js";
import { Fault } from "./fault.js";
import { firstPart, transferSyntaxOf } from "./multipart.js";
import { inTurn } from "./queue.js";
import { gettext } from "./text.js";

const EXPLICIT_LITTLE = "1.2.840.10008.1.2.1";
const FRAME_TYPE = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';

// A fault of one object stays; a closed door or a tired server may be otherwise next time.
const PASSING = [0, 401, 403, 408, 429, 502, 503, 504];

/** Something the archive would not or could not give. */
export class Trouble extends Fault {
  constructor(status, detail = "") {
    super(sentenceFor(status, detail), PASSING.includes(status));
    this.status = status;
  }
}

function sentenceFor(status, detail) {
  const known = {
    0: gettext("The archive cannot be reached. Check the connection."),
    401: gettext("You are no longer signed in. Sign in again in another tab, then try again."),
    403: gettext("You may not see these images."),
    404: gettext("The archive does not have these images."),
    429: gettext("The archive is busy. Wait a moment, then try again."),
    502: gettext("The archive is not ready. Wait a moment, then try again."),
    503: gettext("The archive is not ready. Wait a moment, then try again."),
    504: gettext("The archive took too long. Wait a moment, then try again."),
  };
  return known[status] ?? ((status < 500 && detail) || gettext("The archive could not give this image."));
}

async function ask(url, accept) {
  let answer;
  try {
    answer = await fetch(url, { headers: { Accept: accept }, credentials: "same-origin" });
  } catch {
    throw new Trouble(0);
  }
  if (answer.redirected && !answer.url.includes(config.dicomWebRoot)) throw new Trouble(401);
  if (!answer.ok) throw new Trouble(answer.status, await detailOf(answer));
  return answer;
}

async function detailOf(answer) {
  try {
    const type = answer.headers.get("Content-Type") ?? "";
    if (type.includes("json")) return (await answer.json()).detail ?? "";
    return type.startsWith("text/plain") ? (await answer.text()).slice(0, 200) : "";
  } catch {
    return "";
  }
}

async function askJson(path) {
  const answer = await ask(`${config.dicomWebRoot}${path}`, "application/dicom+json");
  return answer.status === 204 ? [] : answer.json();
}

/** One study's attributes (QIDO-RS). */
export async function findStudy(studyUid) {
  const found = await askJson(`/studies?StudyInstanceUID=${encodeURIComponent(studyUid)}`);
  if (!found.length) throw new Trouble(404);
  return found[0];
}

/** The series of a study. */
export function findSeries(studyUid) {
  return askJson(`/studies/${studyUid}/series`);
}

/** Every instance's attributes of one series (WADO-RS metadata). */
export function fetchMetadata(studyUid, seriesUid) {
  return askJson(`/studies/${studyUid}/series/${seriesUid}/metadata`);
}

export function seriesThumbnailUrl(studyUid, seriesUid) {
  return `${config.dicomWebRoot}/studies/${studyUid}/series/${seriesUid}/thumbnail`;
}

export function instanceUrl(studyUid, seriesUid, instanceUid) {
  return `${config.dicomWebRoot}/studies/${studyUid}/series/${seriesUid}/instances/${instanceUid}`;
}

/**
 * The bytes of one frame as they were stored.
 *
 * @param {string} url  of the frame
 * @param {boolean} isWish  a person waits for it
 * @returns {Promise<{bytes: Uint8Array, transferSyntax: string}>}
 */
export function fetchFrame(url, isWish) {
  return inTurn(async () => {
    const answer = await ask(url, FRAME_TYPE);
    const whole = firstPart(answer.headers.get("Content-Type") ?? "", await answer.arrayBuffer());
    return { bytes: whole.bytes, transferSyntax: transferSyntaxOf(whole.contentType) ?? EXPLICIT_LITTLE };
  }, isWish);
}

/** A picture of something, drawn by the archive. */
export function fetchPicture(url, isWish) {
  return inTurn(async () => (await ask(url, "image/png, image/jpeg")).blob(), isWish);
}
