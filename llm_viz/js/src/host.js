/**
 * Makes the widgets of a static page live, with no kernel and no ipywidgets manager.
 *
 * A page carries the state of its widgets as JSON and a marker where each view belongs. This script
 * rebuilds the models, joins those that `jslink` joined, and lets every anywidget draw itself. Only
 * if a page shows something that is no anywidget (a core ipywidgets slider, say) is the whole page
 * left to `manager.js`, which is large and therefore loaded only then.
 *
 * It leaves to others: writing the page (llm_viz/site), the figures of plotly (plotly_figures.js),
 * and what a view draws (views/).
 */

import { followAddress, goToFigure } from "./address.js";
import { fromBase64 } from "./base64.js";
import { Models, needsManager, Stage, withBuffers } from "./page.js";

/**
 * @typedef {import("./page.js").StoredModels} StoredModels
 * @typedef {{ el: HTMLElement, id: string }} Place where a view of the model `id` belongs
 */

const MIME = "application/vnd.";
const STATE = `${MIME}jupyter.widget-state+json`;
const VIEW = `${MIME}jupyter.widget-view+json`;
const SOURCES = `${MIME}llm-viz.sources+json`;
const ASSETS = `${MIME}llm-viz.assets+json`;
const SOURCE = "llm-viz-source:";

/** @param {string} type */
const scripts = (type) =>
  /** @type {HTMLScriptElement[]} */ ([...document.querySelectorAll(`script[type="${type}"]`)]);

/**
 * Read the page's models. A source that several widgets share is in the page once: put it back.
 * @returns {StoredModels}
 */
function readModels() {
  /** @type {Record<string, string>} */
  const sources = Object.assign({}, ...scripts(SOURCES).map((at) => JSON.parse(at.text)));
  /** @type {StoredModels} */
  const stored = Object.assign({}, ...scripts(STATE).map((at) => JSON.parse(at.text).state));
  for (const { state } of Object.values(stored)) {
    for (const name of ["_esm", "_css"]) {
      const value = state[name];
      if (value?.startsWith?.(SOURCE)) state[name] = sources[value.slice(SOURCE.length)];
    }
  }
  return stored;
}

/** Take the shared files that the page itself carries (llm_viz/export.py) as loaded. */
function takeAssets() {
  /** @type {Map<string, Promise<ArrayBuffer>>} */
  const loaded = (page.llmVizAssets ??= new Map());
  for (const at of scripts(ASSETS)) {
    for (const [name, packed] of Object.entries(JSON.parse(at.text))) loaded.set(name, unpack(packed));
  }
}

/** @param {string} base64 of gzip */
function unpack(base64) {
  return new Response(new Blob([fromBase64(base64)]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}

/**
 * Say in a view's place that it could not be drawn. The others go on.
 * @param {HTMLElement} el
 * @param {unknown} error
 */
function complain(el, error) {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  el.replaceChildren(`This figure could not be drawn: ${text}. The others on this page are not affected.`);
  el.className = "llm-viz-error";
  el.setAttribute("role", "alert");
}

/**
 * Make a place behind each marker of a view.
 * @returns {Place[]}
 */
function makePlaces() {
  return scripts(VIEW).map((marker) => {
    const el = document.createElement("div");
    el.className = "llm-viz-view";
    marker.after(el);
    return { el, id: JSON.parse(marker.text).model_id };
  });
}

/**
 * Take away the still picture that stood in for a view (llm_viz/widgets/still.py).
 * @param {HTMLElement} el
 */
function dropStill(el) {
  const still = el.nextElementSibling;
  if (still?.matches(".llm-viz-still")) still.remove();
}

/**
 * Hand the whole page to the ipywidgets manager.
 * @param {StoredModels} stored
 * @param {Place[]} places
 * @param {string} folder
 */
async function useManager(stored, places, folder) {
  const style = Object.assign(document.createElement("link"), { rel: "stylesheet" });
  style.href = `${folder}manager.css`;
  const script = Object.assign(document.createElement("script"), { src: `${folder}manager.js` });
  await new Promise((done, fail) => {
    script.onload = done;
    script.onerror = () => fail(new Error("manager.js could not be loaded"));
    document.head.append(style, script);
  });
  for (const model of Object.values(stored)) withBuffers(model);
  await /** @type {any} */ (globalThis).llmViz.manage(stored, places, complain);
}

/**
 * Make the page's widgets live.
 * @param {string} folder where this script lies: the manager and the assets are beside it
 */
async function start(folder) {
  const places = makePlaces();
  if (!places.length) return;
  takeAssets();
  const stored = readModels();
  const shown = places.map(({ id }) => id);
  if (needsManager(stored, shown)) {
    const failed = (/** @type {unknown} */ error) => places.forEach(({ el }) => complain(el, error));
    await useManager(stored, places, folder).catch(failed);
    for (const { el } of places) dropStill(el);
    return;
  }
  const stage = new Stage((id) => models.get(id));
  const models = new Models(stored, stage.show.bind(stage));
  models.link();
  // A page in the browser's back-forward cache comes back alive and must not be cleaned up.
  addEventListener("pagehide", ({ persisted }) => persisted || stage.close());
  const there = places.filter(({ id }) => id in stored);
  page.llmViz.figure = followAddress(there.map(({ el, id }) => ({ el, model: models.get(id) })));
  const drawn = places.map(async ({ el, id }) => {
    try {
      await stage.show(models.get(id), el);
    } catch (error) {
      complain(el, error);
    }
    dropStill(el);
  });
  await Promise.all(drawn);
  goToFigure();
}

const script = /** @type {HTMLScriptElement} */ (document.currentScript);
const folder = script.src.replace(/[^/]*$/, "");
const page = /** @type {any} */ (globalThis);
page.llmViz = { ...page.llmViz, assetBase: `${folder}assets/` };
// `async`: the script may run before the page is parsed. It waits for that, but not, as
// DOMContentLoaded would, for the deferred scripts of the theme.
if (document.readyState === "loading") {
  document.addEventListener("readystatechange", () => start(folder), { once: true });
} else start(folder);
