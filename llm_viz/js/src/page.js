/**
 * The models of a static page's widgets, and how an anywidget shows one: no kernel, no document to
 * read. `host.js` reads the page and uses this alone; `manager.js` shows anywidgets among core
 * ipywidgets with it.
 *
 * It follows anywidget 0.11's front-end interface (model, el, signal, host, experimental).
 */

import { fromBase64 } from "./base64.js";

/**
 * @typedef {{ encoding: string, path: (string | number)[], data: string }} StoredBuffer
 * @typedef {{ model_name: string, model_module: string, model_module_version: string,
 *   state: Record<string, any>, buffers?: StoredBuffer[] }} StoredModel
 * @typedef {Record<string, StoredModel>} StoredModels
 * @typedef {(...values: any[]) => void} Listener
 * @typedef {{ initialize?: Function, render?: Function }} FrontEnd
 */

/**
 * What a view needs of a model: this file's `Model` and ipywidgets' own both have it.
 * @typedef {object} AnyModel
 * @property {(name: string) => any} get
 * @property {Function} set
 * @property {Function} save_changes
 * @property {Function} send
 * @property {Function} on
 * @property {Function} off
 * @property {any} widget_manager
 */

const CHILD = "IPY_MODEL_";
const NEEDS_PYTHON = "needs Python: open this notebook in Jupyter";

/** The state of one widget: anywidget's model interface, with nobody at the other end. */
export class Model {
  /** @type {{ event: string, listener: Listener, owner: unknown }[]} */
  #listeners = [];
  #state;

  /**
   * @param {string} id
   * @param {Record<string, any>} state
   * @param {{ get_model: (id: string) => Promise<Model>, create_view: Function }} manager
   */
  constructor(id, state, manager) {
    this.model_id = id;
    this.widget_manager = manager;
    this.#state = { ...state };
  }

  /** @param {string} name */
  get(name) {
    return this.#state[name];
  }

  /**
   * Set one value, or several, and tell whoever listens. Like Backbone's: all values are in place
   * before the first listener is called.
   * @param {string | Record<string, any>} name
   * @param {any} [value]
   */
  set(name, value) {
    const values = typeof name === "string" ? { [name]: value } : name;
    const changed = Object.keys(values).filter((key) => !Object.is(this.#state[key], values[key]));
    Object.assign(this.#state, values);
    for (const key of changed) this.#trigger(`change:${key}`, this, values[key]);
    if (changed.length) this.#trigger("change", this);
  }

  /** There is no kernel to save to: `set` has already told everyone on the page. */
  save_changes() {}

  /** There is no kernel to ask: a view takes Python as absent until it answers. */
  send() {}

  /**
   * @param {string} events one event, or several with spaces between
   * @param {Listener} listener
   * @param {unknown} [owner] whose listener it is, so that all of an owner's can be dropped
   */
  on(events, listener, owner) {
    for (const event of events.split(/\s+/)) this.#listeners.push({ event, listener, owner });
  }

  /**
   * Drop the listeners that match everything that is given.
   * @param {string | null} [events]
   * @param {Listener | null} [listener]
   * @param {unknown} [owner]
   */
  off(events, listener, owner) {
    const names = events?.split(/\s+/);
    this.#listeners = this.#listeners.filter(
      (entry) =>
        (names && !names.includes(entry.event)) ||
        (listener && listener !== entry.listener) ||
        (owner && owner !== entry.owner),
    );
  }

  /** @param {string} event @param {...any} values */
  #trigger(event, ...values) {
    for (const entry of [...this.#listeners]) {
      if (entry.event !== event) continue;
      try {
        entry.listener(...values);
      } catch (error) {
        console.error(error); // one listener's mistake must not silence the others
      }
    }
  }
}

/**
 * The value with every stored buffer put where it belongs, as a DataView (ipywidgets' own form).
 * @param {StoredModel} stored
 */
export function withBuffers({ state, buffers = [] }) {
  for (const { path, data } of buffers) {
    const last = path.length - 1;
    const place = path.slice(0, last).reduce((/** @type {any} */ at, key) => at[key], state);
    place[/** @type {string} */ (path[last])] = new DataView(fromBase64(data).buffer);
  }
  return state;
}

/**
 * Does the page show anything but anywidgets? Looks at the given widgets and at all that they refer
 * to, except layout and style, which anywidget does not need.
 * @param {StoredModels} stored
 * @param {string[]} shown
 */
export function needsManager(stored, shown) {
  const seen = new Set(shown);
  for (const id of seen) {
    const model = stored[id];
    if (!model) continue; // not in the page: said where it should stand
    if (model.model_module !== "anywidget") return true;
    for (const [name, value] of Object.entries(model.state)) {
      if (name === "layout" || name === "style" || name.startsWith("_")) continue;
      for (const child of references(value)) seen.add(child);
    }
  }
  return false;
}

/**
 * The ids of the models that a value refers to.
 * @param {unknown} value
 * @returns {string[]}
 */
function references(value) {
  if (typeof value === "string") return value.startsWith(CHILD) ? [value.slice(CHILD.length)] : [];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  return Object.values(value).flatMap(references);
}

/**
 * What a view gets to see of its model: the listeners it adds are its own, and `off()` drops no
 * others.
 * @param {unknown} owner
 * @param {AnyModel} model
 */
function ownedBy(owner, model) {
  return {
    get: model.get.bind(model),
    set: model.set.bind(model),
    save_changes: model.save_changes.bind(model),
    send: model.send.bind(model),
    /** @param {string} events @param {Listener} listener */
    on: (events, listener) => model.on(events, listener, owner),
    /** @param {string | null} [events] @param {Listener | null} [listener] */
    off: (events, listener) => model.off(events, listener, owner),
    widget_manager: model.widget_manager,
  };
}

/** Lets anywidgets draw themselves, whoever keeps their models. */
export class Stage {
  /** @type {Map<AnyModel, Promise<{ frontEnd: FrontEnd, exports: unknown }>>} */
  #started = new Map();
  #gone = new AbortController();
  #find;
  #load;

  /**
   * @param {(id: string) => AnyModel | Promise<AnyModel>} find the model of an id, or an error
   * @param {(source: string) => Promise<any>} [load] turns a module's text into the module
   */
  constructor(find, load = importText) {
    this.#find = find;
    this.#load = load;
  }

  /**
   * Draw a view of a model into an element, until the signal says stop.
   * @param {AnyModel} model
   * @param {HTMLElement} el
   * @param {AbortSignal} [closed]
   */
  async show(model, el, closed) {
    const { frontEnd } = await this.#start(model);
    const signal = closed ? AbortSignal.any([closed, this.#gone.signal]) : this.#gone.signal;
    const seen = [model];
    const host = {
      getModel: async (/** @type {string} */ reference) => {
        const other = await this.#find(idOf(reference));
        seen.push(other);
        return ownedBy(el, other);
      },
      getWidget: async (/** @type {string} */ reference) => {
        const child = await this.#find(idOf(reference));
        const { exports } = await this.#start(child);
        return {
          exports,
          render: (/** @type {{ el: HTMLElement, signal?: AbortSignal }} */ view) =>
            this.show(child, view.el, view.signal ?? signal),
        };
      },
    };
    /** @type {unknown} */
    let cleanUp;
    const stop = () => {
      for (const other of seen) other.off(null, null, el);
      if (typeof cleanUp === "function") cleanUp();
    };
    try {
      const view = { model: ownedBy(el, model), el, signal, host, experimental: { invoke } };
      cleanUp = await frontEnd.render?.(view);
    } catch (error) {
      stop();
      throw error;
    }
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  }

  /** Let every view and every model clean up behind itself. */
  close() {
    this.#gone.abort();
  }

  /**
   * Load a model's front end and initialize it: once, however many views it has.
   * @param {AnyModel} model
   */
  #start(model) {
    let started = this.#started.get(model);
    if (!started) this.#started.set(model, (started = this.#initialize(model)));
    return started;
  }

  /** @param {AnyModel} model */
  async #initialize(model) {
    const module = await this.#load(model.get("_esm"));
    const frontEnd = typeof module.default === "function" ? await module.default() : module.default;
    if (!frontEnd) throw new Error("the widget's module has no default export");
    addStyle(model.get("_css"));
    const { signal } = this.#gone;
    const view = { model: ownedBy(this, model), signal, experimental: { invoke } };
    const exports = await frontEnd.initialize?.(view);
    if (typeof exports === "function") signal.addEventListener("abort", exports, { once: true });
    return { frontEnd, exports };
  }
}

/** The models of a page, each made when it is first asked for. */
export class Models {
  /** @type {Map<string, Model>} */
  #made = new Map();
  #stored;
  #manager;

  /**
   * @param {StoredModels} stored
   * @param {(model: Model, el: HTMLElement, closed: AbortSignal) => Promise<void>} show
   */
  constructor(stored, show) {
    this.#stored = stored;
    this.#manager = {
      get_model: async (/** @type {string} */ id) => this.get(id),
      create_view: async (/** @type {{ model_id: string }} */ { model_id }) => {
        const el = document.createElement("div");
        const closed = new AbortController();
        await show(this.get(model_id), el, closed.signal);
        return { el, remove: () => (closed.abort(), el.remove()) };
      },
    };
  }

  /** @param {string} id */
  get(id) {
    let model = this.#made.get(id);
    if (!model) {
      const stored = this.#stored[id];
      if (!stored) throw new Error(`the page holds no state for this widget (${id})`);
      this.#made.set(id, (model = new Model(id, withBuffers(stored), this.#manager)));
    }
    return model;
  }

  /** Join what `jslink` and `jsdlink` joined: the source's value first goes to the target. */
  link() {
    for (const { model_name: name, state } of Object.values(this.#stored)) {
      if (!/^(Directional)?LinkModel$/.test(name)) continue;
      const ends = [state.source, state.target].map((end) => ({
        id: idOf(end?.[0] ?? ""),
        trait: end?.[1],
      }));
      if (!ends.every(({ id }) => id in this.#stored)) continue; // its other end was closed
      const [source, target] = ends.map(({ id, trait }) => ({ model: this.get(id), trait }));
      const join = (/** @type {typeof source} */ from, /** @type {typeof source} */ to) => {
        const pass = () => to.model.set(to.trait, from.model.get(from.trait));
        from.model.on(`change:${from.trait}`, pass);
        return pass;
      };
      join(source, target)();
      if (name === "LinkModel") join(target, source);
    }
  }
}

/** @type {Map<string, Promise<any>>} */
const modules = new Map();

/**
 * Import a module from its text, each text once: the one way that works over http and under
 * file:// alike.
 * @param {string} source
 */
function importText(source) {
  let module = modules.get(source);
  if (!module) {
    const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    module = import(url).finally(() => URL.revokeObjectURL(url));
    modules.set(source, module);
  }
  return module;
}

/** anywidget's question to Python, which nobody answers here. */
const invoke = () => Promise.reject(new Error(NEEDS_PYTHON));

/** @param {string} reference "anywidget:<id>" or "IPY_MODEL_<id>" */
const idOf = (reference) => reference.replace(/^(anywidget:|IPY_MODEL_)/, "");

const styles = new Set();

/** @param {string | undefined} css */
function addStyle(css) {
  if (!css || styles.has(css)) return;
  styles.add(css);
  const style = document.createElement("style");
  style.textContent = css;
  document.head.append(style);
}
