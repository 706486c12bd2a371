/**
 * ResidualStream: what the embedding, each attention layer and each FFN added to a token's logit, as
 * a staircase from 0 to the final logit. A layer's attention opens into its heads. The traits are
 * the state: each control sets a trait, and every change of a trait, whoever made it, is drawn.
 */
import { countText, decimalText, probabilityText } from "../format.js";
import { chipTips } from "../lib/chips.js";
import { freshId, make, setNote, setText } from "../lib/dom.js";
import { frame } from "../lib/frame.js";
import { ownText } from "../lib/own_text.js";
import { redrawOn } from "../lib/redraw.js";
import { slider } from "../lib/slider.js";
import { tableView } from "../lib/table.js";
import { Problem } from "../problem.js";
import { positionChoice, promptChoice, tokenChoices } from "../residual/choices.js";
import { biggest, layerOf } from "../residual/picture.js";
import { openPrompt } from "../residual/prompt.js";
import "../residual/residual.css";
import { signedRows } from "../residual/rows.js";
import { namesOf, staircase } from "../residual/staircase.js";
import { CONTROLLED, WATCHED, readState, see } from "../residual/state.js";
import { kernelSource } from "../sources/kernel.js";
import { kernelErrors, residual as strings } from "../strings.js";
import { setTraits } from "../traits.js";

/** @typedef {import("../residual/state.js").Model} Model */
/** @typedef {import("../residual/state.js").Seen} Seen */
/** @typedef {import("../residual/picture.js").Order} Order */

/**
 * @param {{ model: Model, el: HTMLElement }} context
 * @returns {() => void} the clean-up
 */
function render({ model, el }) {
  const kernel = kernelSource(model);
  /** @type {Seen | null} */
  let seen = null;

  const view = frame({
    model,
    el,
    name: "residual",
    words: strings,
    controlled: CONTROLLED,
    picture: () => [position.strip, heading, stairs.element, legend, result, layerSays, headsPart, pushesPart],
  });
  const set = (/** @type {Partial<import("../residual/state.js").Traits>} */ changes) => setTraits(model, changes);
  const prompts = promptChoice((prompt) => set({ prompt, position: null, token: null, minus: null }));
  const own = ownText(runOwnText);
  const position = positionChoice({ onPosition: (at) => set({ position: at }), onInvalid: view.tell });
  const which = tokenChoices(set);

  const heading = make("p", { class: "lv-heading" });
  const stairs = staircase((layer) => set({ layer, heads: !(model.get("layer") === layer && model.get("heads")) }));
  const legend = makeLegend();
  const result = make("p", { class: "lv-result" });

  const layers = Number(model.get("shape")?.layers ?? 1);
  const layer = slider({
    label: strings.layer,
    scale: { last: layers, toValue: (at) => at - 1, toPosition: (value) => value + 1 },
    bounds: [0, layers - 1, 1],
    off: { position: 0, first: layers - 1, text: strings.noLayer },
    mark: strings.layerMark,
    onChange: (value) => set({ layer: value }),
    onInvalid: view.tell,
  });
  const open = make("button", { type: "button", class: "lv-button", "aria-expanded": "false" });
  open.addEventListener("click", () => set({ heads: !model.get("heads") }));
  const layerSays = make("p", { class: "lv-layer-says" });
  const headsHeading = make("p", { class: "lv-heading" });
  const heads = signedRows({ short: true });
  const headsPart = make("div", { class: "lv-heads" }, headsHeading, heads.element);

  const pushesHeading = make("p", { class: "lv-heading", id: freshId() });
  const pushes = signedRows({ short: false, onLook: (push) => set({ layer: push.layer, heads: push.isHead || model.get("heads") }) });
  pushes.element.setAttribute("aria-labelledby", pushesHeading.id);
  const order = makeOrder((value) => set({ order: value }));
  const noPush = make("p", { class: "lv-note" }, strings.noPush);
  const pushesPart = make("div", { class: "lv-pushes" }, make("div", { class: "lv-pushes-head" }, pushesHeading, order.element), pushes.element, noPush);

  const table = tableView(strings.columns);
  const body = make(
    "div",
    { class: "lv-body" },
    position.element,
    which.element,
    heading,
    stairs.element,
    legend,
    result,
    make("div", { class: "lv-layer-line" }, layer.element, open),
    layerSays,
    headsPart,
    pushesPart,
    table.element,
    make("p", { class: "lv-note lv-unit" }, strings.unit),
  );
  view.add(prompts.element, own.element, body);
  chipTips(view.root, () => null);
  view.root.addEventListener("change", speak);
  view.root.addEventListener("click", speak);

  const stop = redrawOn(model, WATCHED, draw);
  draw();
  kernel.present().then(() => own.setRunnable(true));

  return () => {
    stop();
    kernel.close();
    stairs.close();
    view.close();
  };

  /** Draw the traits as they are; if one of them makes no sense, say so and leave the picture. */
  function draw() {
    const state = readState(model);
    prompts.update(state);
    own.update(state.text);
    try {
      seen = see(state);
      drawSeen(state, seen);
      view.tell("");
    } catch (error) {
      view.explain(error);
    }
    body.hidden = seen === null;
  }

  /**
   * @param {import("../residual/state.js").Traits} state
   * @param {Seen} now
   */
  function drawSeen(state, now) {
    const { picture } = now;
    const minus = picture.minus?.name ?? "";
    position.update(now);
    which.update(state, now);
    setText(heading, strings.heading(picture.token.name, minus));
    stairs.update({ picture, layer: state.layer, heads: state.heads, heading: heading.textContent ?? "" });
    legend.classList.toggle("lv-no-constant", !state.shape.constant);
    setText(result, resultText(now));

    layer.update(state.layer);
    open.disabled = state.layer === null;
    const opened = state.layer !== null && state.heads;
    setText(open, opened ? strings.closeHeads : strings.openHeads);
    open.setAttribute("aria-expanded", String(opened));
    setNote(layerSays, layerText(state.layer, now));
    headsPart.hidden = !opened;
    if (state.layer !== null && opened) {
      const { attention, heads: each } = layerOf(picture, state.layer);
      setText(headsHeading, strings.headsHeading(state.layer, attention.value));
      heads.update(each);
    }

    const best = biggest(picture.pushes, state.order);
    setText(pushesHeading, strings.pushesOf(best.length, picture.pushes.length));
    order.update(state.order);
    pushes.update(best);
    noPush.hidden = best.length > 0;
    table.update(() => picture.steps.map(({ name, value, to }) => [name, strings.signed(value), strings.logit(to)]));
  }

  /**
   * @param {string} text
   * @throws {Problem | import("../sources/kernel.js").Superseded}
   */
  async function runOwnText(text) {
    const { content, buffers } = await kernel.request("pushes", { text });
    if (buffers.length !== 2) throw new Problem(kernelErrors.emptyReply);
    const [steps, chances] = buffers;
    const packed = { .../** @type {import("../residual/prompt.js").Packed} */ (content.prompt), steps, chances };
    openPrompt(packed, model.get("shape")); // a reply that cannot be read must not become the state
    set({ own: packed, text, prompt: -1, position: null, token: null, minus: null });
    speak();
  }

  function speak() {
    view.speak(() => (seen ? strings.spoken(resultText(seen), namesOf(seen.picture), layerText(model.get("layer"), seen)) : ""));
  }
}

/** @param {Seen} seen */
function resultText({ picture: { token, minus, total, sums } }) {
  const kinds = /** @type {(keyof typeof sums)[]} */ (Object.keys(sums));
  const sum = strings.sum(kinds.map((kind) => strings.part(kind, sums[kind] ?? 0)).join(" "), total);
  if (!minus) return `${sum} ${strings.result(token.name, probabilityText(token.chance))}`;
  const times = Math.exp(Math.abs(total) / 100);
  const text = times < 9.95 ? decimalText(times) : countText(Number(times.toPrecision(2)));
  return `${sum} ${strings.resultMinus(token.name, minus.name, total ? strings.odds(text, total > 0) : strings.even)}`;
}

/**
 * @param {number | null} layer
 * @param {Seen} seen
 */
function layerText(layer, { picture }) {
  if (layer === null) return "";
  const { attention, mlp, biggest: head } = layerOf(picture, layer);
  const told = head ? `${head.name} ${strings.signed(head.value)}` : strings.nothing;
  return strings.layerSays({ layer, attention: attention.value, mlp: mlp.value, from: attention.from, to: mlp.to, head: told });
}

function makeLegend() {
  const entries = Object.entries(strings.legend).map(([kind, text]) =>
    make("li", { class: `lv-entry-${kind}` }, make("span", { class: `lv-swatch lv-${kind}`, "aria-hidden": "true" }), text),
  );
  return make("ul", { class: "lv-note lv-stairs-legend" }, ...entries);
}

/** @param {(order: Order) => void} onChange */
function makeOrder(onChange) {
  const id = freshId();
  const options = Object.entries(strings.orders).map(([value, text]) => make("option", { value }, text));
  const select = make("select", { id }, ...options);
  select.addEventListener("change", () => onChange(/** @type {Order} */ (select.value)));
  return {
    element: make("div", { class: "lv-order" }, make("label", { for: id }, strings.order), select),
    update: (/** @type {Order} */ order) => {
      select.value = order;
    },
  };
}

export default { render };
