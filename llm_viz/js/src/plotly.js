/**
 * plotly.js: 4.8 MB, so it is loaded when something is about to be drawn with it, and once a page,
 * whoever asks first: a view, or the figures of the site (plotly_figures.js).
 */
import { loadAsset } from "./assets.js";
import { Problem } from "./problem.js";
import { assetErrors as errors } from "./strings.js";

/**
 * The part of plotly.js that is used here.
 * @typedef {object} Plotly
 * @property {(el: HTMLElement, figure: object) => Promise<unknown>} newPlot
 * @property {(el: HTMLElement, data: object[], layout: object, config: object) => Promise<unknown>} react
 * @property {(el: HTMLElement, changes: object) => Promise<unknown>} relayout
 * @property {(el: HTMLElement, format: object) => Promise<string>} toImage
 * @property {(el: HTMLElement) => void} purge
 */
/** @typedef {typeof globalThis & { Plotly?: Plotly, llmVizPlotly?: Promise<Plotly>, llmViz?: { assetBase?: string }, llmVizAssets: Map<string, unknown> }} Page */

const page = /** @type {Page} */ (globalThis);

/**
 * Plotly for a view: from the site's own file, else from the page that carries it, or the kernel.
 * @param {string | undefined} name of the asset, see llm_viz/widgets/assets.py
 * @param {import("@anywidget/types").AnyModel} model
 */
export function plotlyFor(name, model) {
  return once(async () => {
    if (!name) throw new Problem(errors.noPlotly);
    const base = page.llmViz?.assetBase;
    if (base !== undefined && !page.llmVizAssets.has(name)) return run(new URL(name, base).href);
    const url = URL.createObjectURL(new Blob(wrapped(await loadAsset(name, model)), { type: "text/javascript" }));
    return run(url).finally(() => URL.revokeObjectURL(url));
  });
}

/**
 * Plotly from a file of the site, over http or file://.
 * @param {string} url
 */
export const plotlyFrom = (url) => once(() => run(url));

/** @param {() => Promise<Plotly>} load */
function once(load) {
  page.llmVizPlotly ??= load().catch((error) => {
    delete page.llmVizPlotly; // the next one may try again
    throw error;
  });
  return page.llmVizPlotly;
}

/**
 * In a notebook there may be an AMD loader, to which the script would hand itself over instead of
 * being there for us: it does not get to see one.
 * @param {ArrayBuffer} script
 */
function wrapped(script) {
  return ["(function (define, module, exports) {", script, "\n}).call(globalThis);"];
}

/**
 * @param {string} url
 * @returns {Promise<Plotly>}
 */
function run(url) {
  return new Promise((done, fail) => {
    const script = Object.assign(document.createElement("script"), { src: url });
    script.onload = () => (page.Plotly ? done(page.Plotly) : fail(new Problem(errors.noPlotly)));
    script.onerror = () => fail(new Problem(errors.plotlyNotLoaded));
    document.head.append(script);
  });
}
