/**
 * Files that many views share (a vocabulary, word vectors, plotly.js), asked for by name,
 * each at most once a page. There are three ways in: a file of the site over http; a classic script
 * where the page is opened from a disk, which may not fetch; a message to the kernel in a notebook.
 */
import { fromBase64 } from "./base64.js";
import { Problem } from "./problem.js";
import { kernelSource } from "./sources/kernel.js";
import { assetErrors as errors } from "./strings.js";

/** @typedef {import("@anywidget/types").AnyModel} AnyModel */
/**
 * What views share on one page, although each is bundled apart.
 * @typedef {object} Page
 * @property {{ assetBase?: string }} [llmViz] set by the page's host
 * @property {(name: string, base64: string) => void} llmVizAsset called by each asset's script
 * @property {Map<string, Promise<ArrayBuffer>>} llmVizAssets asked for so far
 * @property {Map<string, (content: ArrayBuffer) => void>} llmVizAwaited scripts under way
 */

const page = /** @type {typeof globalThis & Page} */ (globalThis);
page.llmVizAssets ??= new Map();
page.llmVizAwaited ??= new Map();
page.llmVizAsset ??= (name, base64) => page.llmVizAwaited.get(name)?.(fromBase64(base64).buffer);

/**
 * @param {string} name the asset's file name; it holds a digest, so it never changes its content
 * @param {AnyModel} model whose kernel is asked where there is no site
 * @returns {Promise<ArrayBuffer>}
 */
export function loadAsset(name, model) {
  let asset = page.llmVizAssets.get(name);
  if (!asset) {
    asset = load(name, model);
    page.llmVizAssets.set(name, asset);
    asset.catch(() => page.llmVizAssets.delete(name)); // the next view may try again
  }
  return asset;
}

/**
 * @param {string} name
 * @param {AnyModel} model
 */
function load(name, model) {
  const base = page.llmViz?.assetBase;
  if (base === undefined) return fromKernel(name, model);
  const url = new URL(name, base);
  return url.protocol === "file:" ? fromScript(name, `${url.href}.js`) : fromSite(name, url.href);
}

/**
 * @param {string} name
 * @param {string} url
 */
async function fromSite(name, url) {
  const response = await fetch(url).catch((error) => {
    throw new Problem(errors.notLoaded(name, error.message));
  });
  if (!response.ok) throw new Problem(errors.notLoaded(name, `status ${response.status}`));
  return response.arrayBuffer();
}

/**
 * @param {string} name
 * @param {string} url
 * @returns {Promise<ArrayBuffer>}
 */
function fromScript(name, url) {
  return new Promise((resolve, reject) => {
    page.llmVizAwaited.set(name, resolve);
    const script = document.createElement("script");
    const fail = () => reject(new Problem(errors.noScript(name)));
    script.src = url;
    script.onerror = fail;
    script.onload = fail; // does nothing once the script has delivered
    document.head.append(script);
  });
}

/**
 * @param {string} name
 * @param {AnyModel} model
 */
async function fromKernel(name, model) {
  const kernel = kernelSource(model);
  try {
    const { buffers } = await kernel.request("asset", { name });
    if (!buffers.length) throw new Problem(errors.emptyReply(name));
    const { buffer, byteOffset, byteLength } = buffers[0];
    return /** @type {ArrayBuffer} */ (buffer.slice(byteOffset, byteOffset + byteLength));
  } finally {
    kernel.close();
  }
}
