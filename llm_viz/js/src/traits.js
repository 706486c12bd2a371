/** Reading and setting several traits of a model at once. */

/**
 * @param {{ get: (name: any) => any }} model
 * @param {Iterable<string>} names
 * @returns {Record<string, any>} their values by name
 */
export function readTraits(model, names) {
  return Object.fromEntries([...names].map((name) => [name, model.get(name)]));
}

/**
 * Set traits, and tell Python and the other views.
 * @template {object} Traits
 * @param {Pick<import("@anywidget/types").AnyModel<Traits>, "set" | "save_changes">} model
 * @param {Partial<Traits>} changes
 * @param {boolean} [save] false while they change many times a second: Python hears of it later
 */
export function setTraits(model, changes, save = true) {
  for (const [name, value] of Object.entries(changes)) model.set(/** @type {any} */ (name), value);
  if (save) model.save_changes();
}
