// What the page hands over in its JSON block.

/**
 * @typedef {object} Config
 * @property {string[]} studies  Study Instance UIDs to open, the first one is the main study.
 * @property {string} dicomWebRoot  Where the DICOMweb services answer, without a slash at the end.
 * @property {string} back  Where the person came from.
 * @property {string} person  Who is signed in, for the title of the page.
 * @property {string} language  Of the person, for plural forms.
 * @property {{uid: string, date: string, modalities: string, description: string}[]} otherStudies  This
 *   patient's other studies. They come with the page: a search would put the record number into an address.
 * @property {{token: string, reasons: {code: string, words: string}[]}|null} review  What starring and
 *   rejecting needs; null for who may do neither.
 * @property {Record<string, string|string[]>} strings  Translations by English text.
 */

/** Read the configuration; what is missing gets a harmless value. */
export function readConfig(id = "viewer-config") {
  const block = document.getElementById(id);
  const given = block ? JSON.parse(block.textContent) : {};
  return {
    dicomWebRoot: "/dicom-web",
    back: "/",
    person: "",
    language: "en",
    otherStudies: [],
    strings: {},
    review: null,
    ...given,
    studies: (given.studies ?? []).filter(Boolean),
  };
}

export const config = readConfig();
