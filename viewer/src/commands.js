// Everything a person can do, as one table. The tool bar, the keyboard and the help read it; each entry
// says its words, its keys, whether it is on, and why it cannot be done now.

import { movement, page, stage } from "./commands_stage.js";
import { picture, tools } from "./commands_picture.js";
import { reviews } from "./commands_review.js";

/**
 * @typedef {object} Command
 * @property {string} id
 * @property {string} group  commands of a group stand together
 * @property {string} words
 * @property {string} [icon]  only commands with an icon stand in the tool bar
 * @property {string[]} keys
 * @property {(desk: object) => void} [run]
 * @property {(desk: object) => object[]} [menu]  choices instead of an action
 * @property {(desk: object) => boolean} [isOn]
 * @property {(desk: object) => string|null} [why]  the reason it cannot be done now
 */

/** @returns {Command[]} */
export function allCommands() {
  return [...tools(), ...picture(), ...reviews(), ...stage(), ...page(), ...movement()];
}
