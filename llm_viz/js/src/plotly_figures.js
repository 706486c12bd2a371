/**
 * Draws a page's plotly figures, each when it is about to scroll into view.
 *
 * The page holds every figure as JSON beside a table of its data (llm_viz/site/plotly_renderer.py).
 * plotly.js is large: it is loaded from the site itself, when the first figure comes near.
 * Colours that the figure's author did not choose follow the page's light or dark theme.
 */

import { plotlyFrom } from "./plotly.js";

/** @typedef {{ data: object[], layout?: Record<string, any>, frames?: object[] }} Figure */

const NEAR = "400px"; // about half a screen ahead of the reader

/**
 * The layout's colours for a page, as dotted paths that plotly's `relayout` understands. What the
 * author set in the layout itself (not in its template) stays.
 * @param {Figure} figure
 * @param {{ text: string, line: string, surface: string }} page
 */
export function themeColours({ data, layout = {} }, page) {
  /** @type {Record<string, string>} */
  const wanted = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    "font.color": page.text,
    "legend.bgcolor": "rgba(0,0,0,0)",
    "hoverlabel.bgcolor": page.surface,
    "hoverlabel.font.color": page.text,
  };
  for (const axis of axes(data, layout)) {
    for (const part of ["gridcolor", "linecolor", "zerolinecolor"]) wanted[`${axis}.${part}`] = page.line;
  }
  for (const [list, parts] of /** @type {[string, string[]][]} */ ([
    ["sliders", ["bgcolor", "bordercolor", "tickcolor"]],
    ["updatemenus", ["bgcolor", "bordercolor"]],
  ])) {
    for (const index of Object.keys(layout[list] ?? [])) {
      for (const part of parts) wanted[`${list}[${index}].${part}`] = part === "bgcolor" ? page.surface : page.line;
    }
  }
  return Object.fromEntries(Object.entries(wanted).filter(([path]) => valueAt(layout, path) === undefined));
}

/**
 * The figure's cartesian axes: those of the layout, and those that only a trace names.
 * @param {any[]} data
 * @param {Record<string, any>} layout
 */
function axes(data, layout) {
  const named = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  const used = data.flatMap((trace) =>
    [trace.xaxis ?? "x", trace.yaxis ?? "y"].map((name) => `${name[0]}axis${name.slice(1)}`),
  );
  return new Set([...named, ...used]);
}

/** @param {any} value @param {string} path */
function valueAt(value, path) {
  for (const key of path.split(/[.[\]]+/)) value = value?.[key];
  return value;
}

/** @param {Record<string, any>} layout @param {Record<string, string>} colours */
export function withColours(layout, colours) {
  const result = structuredClone(layout);
  for (const [path, colour] of Object.entries(colours)) {
    const keys = path.split(/[.[\]]+/);
    const last = /** @type {string} */ (keys.pop());
    let place = result;
    for (const key of keys) place = place[key] ??= {};
    place[last] = colour;
  }
  return result;
}

function pageColours() {
  const style = getComputedStyle(document.documentElement);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--pst-color-${name}`).trim();
  return { text: colour("text-base"), line: colour("border"), surface: colour("surface") };
}

/**
 * @param {HTMLElement} holder the <figure> that the site made
 * @param {string} url of plotly.js
 */
async function draw(holder, url) {
  const picture = /** @type {HTMLElement} */ (holder.querySelector(".llm-viz-plot"));
  const source = /** @type {HTMLScriptElement} */ (holder.querySelector("script"));
  /** @type {Figure} */
  const figure = JSON.parse(source.text);
  const { newPlot, relayout } = await plotlyFrom(url);
  const layout = withColours(figure.layout ?? {}, themeColours(figure, pageColours()));
  delete layout.width; // the column's width, whatever the author's screen had
  // No button may send the figure to another host.
  const config = { responsive: true, displaylogo: false, showSendToCloud: false };
  await newPlot(picture, { ...figure, layout: { autosize: true, ...layout }, config });
  new MutationObserver(() => relayout(picture, themeColours(figure, pageColours()))).observe(
    document.documentElement,
    { attributeFilter: ["data-theme"] },
  );
}

/** @param {string} url of plotly.js */
function watch(url) {
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        draw(/** @type {HTMLElement} */ (target), url).catch((error) => {
          console.error(error);
          target.querySelector("details")?.setAttribute("open", ""); // the numbers, at least
        });
      }
    },
    { rootMargin: NEAR },
  );
  for (const holder of document.querySelectorAll("figure.llm-viz-plotly")) near.observe(holder);
}

if (typeof document !== "undefined") {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const url = script.src.replace(/[^/]*$/, `assets/${script.dataset.plotly}`);
  if (document.readyState === "loading") {
    document.addEventListener("readystatechange", () => watch(url), { once: true });
  } else watch(url);
}
