/**
 * The map itself: drawn by plotly when it comes near the screen, with points that travel when
 * another map is chosen. What cannot be drawn is told, and the lists beside it stay.
 */
import { make } from "../lib/dom.js";
import { drawnBy } from "../lib/picture_file.js";
import { mapText as strings } from "../strings.js";
import { SIDE, figureOf, plain, rangesOf } from "./figure.js";
import { between, travel } from "./travel.js";

/** @typedef {import("./figure.js").Scene} Scene */
/** @typedef {import("../plotly.js").Plotly} Plotly */

const NEAR = "300px"; // of the screen
const DURATION = 700; // milliseconds for the points to travel
const STEP = 2; // of the zoom
const CLOSEST = 200;
const TURN = Math.PI / 8;
const CAMERA = { eye: { x: 0.95, y: 0.95, z: 0.6 }, center: { x: 0, y: 0, z: 0 } };
const [LOWEST, TALLEST] = [300, 520]; // pixels
const CONFIG = { displayModeBar: false, doubleClick: false, scrollZoom: false, showTips: false };

/**
 * @param {object} map
 * @param {boolean} map.webgl
 * @param {() => Promise<Plotly>} map.load
 * @param {(place: number) => void} map.onPick the reader clicked on a word
 * @param {(key: string) => void} map.onDrawn the map of this key is drawn, its points at rest
 * @param {(error: unknown) => void} map.onFailure
 */
export function mapPicture({ webgl, load, onPick, onDrawn, onFailure }) {
  const plot = make("div", { class: "lv-map-plot", role: "img", "aria-label": strings.drawing });
  const waiting = make("p", { class: "lv-note lv-map-waiting", role: "status" }, strings.drawing);
  const turns = [[strings.left, -TURN], [strings.right, TURN]].map(([name, by]) => button(String(name), () => turn(Number(by))));
  const moves = [
    button(strings.closer, () => {
      const [x, y] = target() ?? [look.x, look.y];
      move({ x, y, zoom: Math.min(CLOSEST, look.zoom * STEP) });
    }),
    button(strings.further, () => move(look.zoom > STEP ? { ...look, zoom: look.zoom / STEP } : home())),
    button(strings.whole, () => move(home())),
    ...turns,
  ];
  const tools = make("div", { class: "lv-map-tools", role: "group", "aria-label": strings.moves }, ...moves);
  const element = make("div", { class: "lv-map" }, plot, waiting);

  /** @type {Plotly | null} */
  let plotly = null;
  /** @type {Scene | null} */
  let wanted = null;
  /** @type {Scene | null} */
  let drawn = null;
  /** @type {Float32Array[]} where the points are now */
  let axes = [];
  /** @type {ReturnType<typeof figureOf>["placesOf"]} */
  let placesOf = () => null;
  // A finger on the flat map moves the page: there are buttons for the map.
  const drag = !matchMedia("(pointer: coarse)").matches;
  let look = home();
  let camera = CAMERA;
  let width = 0;
  let [near, busy, closed, stale] = [false, false, false, false];
  /** @type {Scene | null} whose words plotly has, told in its own markup */
  let named = null;
  /** @type {string[]} */
  let names = [];

  const watcher = new IntersectionObserver(
    (entries) => {
      if (near || !entries.some(({ isIntersecting }) => isIntersecting)) return;
      near = true;
      work();
    },
    { rootMargin: NEAR },
  );
  const sizer = new ResizeObserver(() => {
    const now = Math.floor(element.clientWidth);
    if (!now || now === width) return;
    width = now;
    plot.style.height = `${height()}px`;
    again();
  });
  const themes = new MutationObserver(again);
  watcher.observe(element);
  sizer.observe(element);
  drawnBy(plot, async () => {
    if (!plotly || !drawn) throw new Error(strings.notDrawn);
    return plotly.toImage(plot, { format: "png", width, height: height(), scale: 2 });
  });

  return {
    element,
    tools,
    /** @param {Scene} scene */
    show(scene) {
      if (!named || named.names !== scene.names) names = scene.names.map(plain);
      named = scene;
      plot.setAttribute("aria-label", scene.label);
      const solid = scene.axes.length === 3;
      for (const element of turns) element.hidden = !solid;
      wanted = { ...scene, names };
      work();
    },
    /** Follow the colours of this element. @param {HTMLElement} root */
    follow: (root) => themes.observe(root, { attributeFilter: ["data-theme"] }),
    close() {
      closed = true;
      watcher.disconnect();
      sizer.disconnect();
      themes.disconnect();
      plotly?.purge(plot);
    },
  };

  /** Draw what is wanted by now, one drawing after the other. */
  async function work() {
    if (!near || busy || !wanted || !width) return;
    busy = true;
    try {
      plotly ??= await load();
      while (!closed && (wanted !== drawn || stale)) await next(wanted);
      if (drawn && !closed) onDrawn(drawn.key);
    } catch (error) {
      wanted = null;
      if (!closed) onFailure(error);
    } finally {
      busy = false;
      waiting.hidden = true;
    }
  }

  /** @param {Scene} scene */
  async function next(scene) {
    stale = false;
    const moves = drawn && drawn.key !== scene.key && axes.length === scene.axes.length;
    look = drawn?.frame === scene.frame ? following(scene) : home();
    if (!moves) {
      axes = scene.axes;
      await draw(scene, true);
      drawn = scene;
      return;
    }
    const from = axes;
    const there = await travel({
      duration: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : DURATION,
      frame: () => new Promise(requestAnimationFrame),
      draw(share) {
        axes = share === 1 ? scene.axes : between(from, scene.axes, share);
        return draw(scene, share === 1);
      },
      stopped: () => closed || wanted !== scene,
    });
    if (there) drawn = scene;
  }

  /**
   * Where to look at a frame that stays: there, unless the chosen word would be out of sight.
   * @param {Scene} scene
   */
  function following({ chosen, axes, reach }) {
    const ranges = rangesOf(reach, look, { width, height: height() });
    const [x, y] = axes.map((axis) => axis[chosen ?? -1]);
    const isOut = x < ranges.x[0] || x > ranges.x[1] || y < ranges.y[0] || y > ranges.y[1];
    return isOut && chosen !== drawn?.chosen ? { ...look, x, y } : look;
  }

  /**
   * @param {Scene} scene
   * @param {boolean} labels
   */
  async function draw(scene, labels) {
    const size = { width, height: height() };
    const figure = figureOf(scene, { axes, webgl, labels, drag, look, camera, size, colours: coloursOf(element) });
    placesOf = figure.placesOf;
    const first = !plot.childElementCount;
    await plotly?.react(plot, figure.data, figure.layout, CONFIG);
    if (first) listen(/** @type {any} */ (plot));
  }

  /** @param {{ on: (event: string, listener: (event: any) => void) => void }} drawing */
  function listen(drawing) {
    drawing.on("plotly_click", ({ points: [{ curveNumber, pointNumber }] }) => {
      const places = placesOf(curveNumber);
      onPick(places ? places[pointNumber] : pointNumber);
    });
    drawing.on("plotly_relayout", (changes) => {
      const { "xaxis.range[0]": left, "xaxis.range[1]": right, "yaxis.range[0]": low, "yaxis.range[1]": high } = changes;
      if (right !== undefined) look = { ...look, x: (left + right) / 2 };
      if (high !== undefined) look = { ...look, y: (low + high) / 2 };
      if (changes["scene.camera"]) camera = changes["scene.camera"];
      if (right ?? high) again(); // other names may stand on the map now
    });
  }

  function again() {
    stale = true;
    work();
  }

  /** @param {import("./figure.js").Look} to */
  function move(to) {
    const times = look.zoom / to.zoom;
    look = to;
    if (drawn?.axes.length !== 3) return again();
    const { eye, center } = camera;
    const [x, y, z] = (times < 1 && target()?.map((at) => at / SIDE)) || [center.x, center.y, center.z];
    const nearer = { x: x + times * (eye.x - center.x), y: y + times * (eye.y - center.y), z: z + times * (eye.z - center.z) };
    see(to.zoom === 1 ? CAMERA : { eye: nearer, center: { x, y, z } });
  }

  /** @param {number} by radians */
  function turn(by) {
    const { eye, center } = camera;
    const [x, y] = [eye.x - center.x, eye.y - center.y];
    const [cos, sin] = [Math.cos(by), Math.sin(by)];
    see({ center, eye: { x: center.x + x * cos - y * sin, y: center.y + x * sin + y * cos, z: eye.z } });
  }

  /** @param {typeof CAMERA} from where one looks at the solid map from, and where to */
  function see(from) {
    camera = from;
    plotly?.relayout(plot, { "scene.camera": from });
  }

  /** Where the chosen word is: closer means closer to it. */
  function target() {
    const place = wanted?.chosen ?? null;
    return place === null ? null : (wanted?.axes ?? []).map((axis) => axis[place]);
  }

  function height() {
    return Math.round(Math.min(TALLEST, Math.max(LOWEST, width * 0.62)));
  }
}

const home = () => ({ x: 0, y: 0, zoom: 1 });

/**
 * @param {string} name
 * @param {() => void} act
 */
function button(name, act) {
  const element = make("button", { type: "button", class: "lv-button" }, name);
  element.addEventListener("click", act);
  return element;
}

/** The page's colours, as plotly needs them. @param {HTMLElement} element */
function coloursOf(element) {
  const style = getComputedStyle(element);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(`--${name}`).trim();
  return { ink: colour("ink"), soft: colour("soft"), panel: colour("panel"), outline: colour("outline"), word: colour("word-ink"), dot: colour("dot") };
}
