/**
 * The ipywidgets manager for pages that show core ipywidgets: sliders, boxes, tabs.
 *
 * `host.js` loads it, and only on such pages, because of its size. Its own 100 lines stand for the
 * two manager packages of ipywidgets, which bring a kernel protocol, an HTML sanitiser and a
 * notebook's output area: 200 KB gzipped that a page without a kernel cannot use. Hence captured
 * output (`Output`, `interact`) is not shown here, and says so in its place. anywidgets are drawn
 * by page.js, as on every other page.
 */
import * as base from "@jupyter-widgets/base";
import * as controls from "@jupyter-widgets/controls";
import "@jupyter-widgets/controls/css/widgets.css";
import { Widget } from "@lumino/widgets";
import { Stage } from "./page.js";
import "./manager_colours.css";

/**
 * @typedef {import("./page.js").StoredModels} StoredModels
 * @typedef {import("./page.js").StoredModel} StoredModel
 * @typedef {{ el: HTMLElement, id: string }} Place
 * @typedef {(el: HTMLElement, error: unknown) => void} Complain
 */

class Manager {
  /** @type {Map<string, Promise<any>>} */
  #models = new Map();
  #stored;
  #modules;

  /** @param {StoredModels} stored @param {Complain} complain */
  constructor(stored, complain) {
    this.#stored = stored;
    this.#modules = /** @type {Record<string, any>} */ ({
      "@jupyter-widgets/base": base,
      "@jupyter-widgets/controls": controls,
      anywidget: anywidgetClasses(new Stage((id) => this.get_model(id)), complain),
    });
  }

  /** @param {string} id */
  get_model(id) {
    let model = this.#models.get(id);
    if (!model) {
      const stored = this.#stored[id];
      if (!stored) return Promise.reject(new Error(`the page holds no state for this widget (${id})`));
      this.#models.set(id, (model = this.#make(id, stored)));
    }
    return model;
  }

  /** @param {string} id @param {StoredModel} stored */
  async #make(id, { model_module: module, model_name: name, state }) {
    const options = { widget_manager: this, model_id: id };
    const Class = this.#modules[module]?.[name];
    if (!Class) {
      const error = new Error(`${name} of ${module} cannot be shown without Python`);
      return new (base.createErrorWidgetModel(error, error.message))({}, /** @type {any} */ (options));
    }
    return new Class(await Class._deserialize_state(state, this), options);
  }

  /**
   * @param {any} model
   * @param {any} [options]
   */
  async create_view(model, options = {}) {
    const View = this.#modules[model.get("_view_module")][model.get("_view_name")];
    const view = new View({ model, options });
    view.listenTo(model, "destroy", view.remove);
    await view.render();
    nameControls(view);
    model.views[base.uuid()] = Promise.resolve(view);
    return view;
  }

  /** Links between widgets are models without a view: they work from the moment they exist. */
  async link() {
    const links = Object.keys(this.#stored).filter((id) => this.#stored[id].model_name.endsWith("LinkModel"));
    await Promise.all(links.map((id) => this.get_model(id)));
  }

  callbacks() {
    return {};
  }

  /** @param {string} url */
  async resolveUrl(url) {
    return url;
  }

  /** Markup in a description is shown as its text. @param {string} html */
  inline_sanitize(html) {
    const text = new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
    return text.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
  }
}

/**
 * Give a control a name for those who cannot see what stands beside it: ipywidgets names no slider,
 * and nothing that has no description.
 * @param {any} view
 */
function nameControls({ model, el }) {
  const description = model.get("description");
  const controls = description ? "[role=slider]" : "[role=slider], input, select, textarea";
  for (const control of el.querySelectorAll(controls)) {
    control.setAttribute("aria-label", description || model.get("_model_name").replace(/Model$/, ""));
  }
}

/**
 * anywidget's two classes, drawing through the same code as on pages without a manager.
 * @param {Stage} stage
 * @param {Complain} complain
 */
function anywidgetClasses(stage, complain) {
  class AnyView extends base.DOMWidgetView {
    #closed = new AbortController();

    render() {
      stage.show(this.model, this.el, this.#closed.signal).catch((error) => complain(this.el, error));
    }

    remove() {
      this.#closed.abort();
      return super.remove();
    }
  }
  return { AnyModel: base.DOMWidgetModel, AnyView };
}

/**
 * Show the widgets of a page.
 * @param {StoredModels} stored
 * @param {Place[]} places
 * @param {Complain} complain
 */
async function manage(stored, places, complain) {
  const manager = new Manager(stored, complain);
  for (const { el, id } of places) {
    try {
      const view = await manager.create_view(await manager.get_model(id));
      Widget.attach(view.luminoWidget, el);
    } catch (error) {
      complain(el, error);
    }
  }
  await manager.link();
}

const page = /** @type {any} */ (globalThis);
page.llmViz = { ...page.llmViz, manage };
