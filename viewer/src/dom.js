// Making elements without markup in strings, so that no text can become markup.

/**
 * Make an element.
 *
 * @param {string} tag
 * @param {object} given  `class`, `text`, `on` (listeners), `data` (data-*); all else becomes an attribute.
 *   An attribute that is null, undefined or false is left out.
 * @param {...(Node|string|null)} children
 */
export function h(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  const { text, on, data, ...attributes } = given;
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  for (const [name, listener] of Object.entries(on ?? {})) element.addEventListener(name, listener);
  Object.assign(element.dataset, data ?? {});
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Set or take away one attribute; `true` becomes an empty attribute, as in HTML. */
export function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Write text only when it differs, so that nothing is laid out twice for the same words. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Run a function at most once per frame of the screen. */
export function oncePerFrame(run) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      run();
    });
  };
}
