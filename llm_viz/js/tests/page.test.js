/** The models of a static page, and the life of an anywidget's views. No document needed. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Model, Models, needsManager, Stage, withBuffers } from "../src/page.js";

const manager = { get_model: async () => assert.fail("not asked for"), create_view: assert.fail };

/** @param {Record<string, any>} state */
const modelOf = (state) => new Model("id", state, manager);

/**
 * @param {Record<string, any>} state
 * @param {string} [name]
 * @param {string} [module]
 */
const stored = (state, name = "AnyModel", module = "anywidget") => ({
  model_name: name,
  model_module: module,
  model_module_version: "*",
  state,
});

/** @param {string} kind @param {[string, string]} source @param {[string, string]} target */
const link = (kind, [from, a], [to, b]) =>
  stored(
    { source: [`IPY_MODEL_${from}`, a], target: [`IPY_MODEL_${to}`, b] },
    kind,
    "@jupyter-widgets/controls",
  );

/** An element is only handed through; @returns {any} */
const element = () => ({});

test("a model tells of changes, and only of changes", () => {
  const model = modelOf({ x: 1, y: NaN });
  /** @type {any[]} */
  const told = [];
  model.on("change:x change", (...values) => told.push(values.length));
  model.set("x", 1);
  model.set("y", NaN);
  assert.deepEqual(told, []);
  model.set("x", 2);
  assert.deepEqual(told, [2, 1]);
  assert.equal(model.get("x"), 2);
});

test("several values are in place before the first listener is called", () => {
  const model = modelOf({ x: 0, y: 0 });
  /** @type {any} */
  let seen;
  model.on("change:x", () => (seen = model.get("y")));
  model.set({ x: 1, y: 2 });
  assert.equal(seen, 2);
});

test("off drops what it names: an event, a listener, an owner", () => {
  const model = modelOf({ x: 0 });
  /** @type {string[]} */
  const told = [];
  const first = () => told.push("first");
  const second = () => told.push("second");
  model.on("change:x", first, "a");
  model.on("change:x", second, "b");
  model.off("change:x", second, "a");
  model.off("change:y");
  model.set("x", 1);
  assert.deepEqual(told, ["first", "second"]);
  model.off("change:x", first);
  model.set("x", 2);
  assert.deepEqual(told, ["first", "second", "second"]);
  model.off(null, null, "b");
  model.set("x", 3);
  assert.equal(told.length, 3);
});

test("a listener that fails does not silence the others", (t) => {
  const complaints = t.mock.method(console, "error", () => {});
  const model = modelOf({ x: 0 });
  let told = false;
  model.on("change:x", () => {
    throw new Error("on purpose");
  });
  model.on("change:x", () => (told = true));
  model.set("x", 1);
  assert.ok(told);
  assert.equal(complaints.mock.callCount(), 1);
});

test("a change made by a listener is told too, and a circle ends", () => {
  const model = modelOf({ x: 0, y: 0 });
  model.on("change:x", () => model.set("y", model.get("x")));
  model.on("change:y", () => model.set("x", model.get("y")));
  model.set("x", 7);
  assert.equal(model.get("y"), 7);
});

test("buffers go where they belong, also into lists", () => {
  const state = withBuffers({
    ...stored({ one: null, many: [null, null] }),
    buffers: [
      { encoding: "base64", path: ["one"], data: "AQL/" },
      { encoding: "base64", path: ["many", 1], data: "" },
    ],
  });
  assert.deepEqual([...new Uint8Array(state.one.buffer)], [1, 2, 255]);
  assert.equal(state.many[1].byteLength, 0);
  assert.equal(state.many[0], null);
});

test("anywidgets need no manager, whatever their layout is; a core widget does, however deep", () => {
  const core = stored({}, "IntSliderModel", "@jupyter-widgets/controls");
  const models = {
    plain: stored({ layout: "IPY_MODEL_layout", _dom_classes: [], n: 1 }),
    layout: stored({}, "LayoutModel", "@jupyter-widgets/base"),
    child: stored({ inner: { list: ["IPY_MODEL_plain"] } }),
    deep: stored({ child: "IPY_MODEL_middle" }),
    middle: stored({ child: ["IPY_MODEL_core"] }),
    core,
    circle: stored({ self: "IPY_MODEL_circle" }),
  };
  assert.equal(needsManager(models, ["plain", "child", "circle"]), false);
  assert.equal(needsManager(models, ["plain", "deep"]), true);
  assert.equal(needsManager(models, ["core"]), true);
  assert.equal(needsManager(models, ["not in the page"]), false);
});

test("jslink goes both ways, jsdlink one way, and the source starts", () => {
  const models = new Models(
    {
      a: stored({ x: 1 }),
      b: stored({ y: 2 }),
      c: stored({ z: 3 }),
      both: link("LinkModel", ["a", "x"], ["b", "y"]),
      oneWay: link("DirectionalLinkModel", ["b", "y"], ["c", "z"]),
      toNobody: link("LinkModel", ["a", "x"], ["closed", "x"]),
      empty: stored({ source: null, target: null }, "LinkModel", "@jupyter-widgets/controls"),
    },
    async () => {},
  );
  models.link();
  assert.equal(models.get("b").get("y"), 1);
  assert.equal(models.get("c").get("z"), 1);
  models.get("b").set("y", 5);
  assert.equal(models.get("a").get("x"), 5);
  assert.equal(models.get("c").get("z"), 5);
  models.get("c").set("z", 9);
  assert.equal(models.get("b").get("y"), 5);
});

test("a model that the page does not hold is an error that names it", async () => {
  const models = new Models({}, async () => {});
  assert.throws(() => models.get("lost"), /lost/);
  const other = new Models({ a: stored({}) }, async () => {});
  await assert.rejects(other.get("a").widget_manager.get_model("lost"), /lost/);
});

/**
 * A stage whose modules are given, not imported.
 * @param {Record<string, any>} frontEnds by the text that stands for their source
 * @param {Record<string, Model>} [models]
 */
const stageOf = (frontEnds, models = {}) =>
  new Stage(
    (id) => models[id],
    async (source) => ({ default: frontEnds[source] }),
  );

test("a front end is initialized once, rendered for each view, and cleaned up", async () => {
  /** @type {string[]} */
  const calls = [];
  const frontEnd = {
    initialize: () => (calls.push("initialize"), () => calls.push("clean model")),
    render: () => (calls.push("render"), () => calls.push("clean view")),
  };
  const stage = stageOf({ code: frontEnd });
  const model = modelOf({ _esm: "code" });
  await Promise.all([stage.show(model, element()), stage.show(model, element())]);
  assert.deepEqual(calls, ["initialize", "render", "render"]);
  stage.close();
  assert.deepEqual(calls.slice(3).sort(), ["clean model", "clean view", "clean view"]);
});

test("closing one view leaves the listeners of the other", async () => {
  /** @type {string[]} */
  const told = [];
  const frontEnd = {
    /** @param {any} view */
    render({ model, el }) {
      model.on("change:x", () => told.push(el.name));
    },
  };
  const stage = stageOf({ code: frontEnd });
  const model = modelOf({ _esm: "code", x: 0 });
  const closing = new AbortController();
  await stage.show(model, /** @type {any} */ ({ name: "closed" }), closing.signal);
  await stage.show(model, /** @type {any} */ ({ name: "open" }));
  closing.abort();
  model.set("x", 1);
  assert.deepEqual(told, ["open"]);
});

test("a view that fails is an error, and leaves no listener behind", async () => {
  let told = false;
  const frontEnd = {
    /** @param {any} view */
    render({ model }) {
      model.on("change:x", () => (told = true));
      throw new Error("on purpose");
    },
  };
  const model = modelOf({ _esm: "code", x: 0 });
  await assert.rejects(stageOf({ code: frontEnd }).show(model, element()), /on purpose/);
  model.set("x", 1);
  assert.equal(told, false);
});

test("a module without a front end is an error; a function makes one for each model", async () => {
  let made = 0;
  const stage = stageOf({ empty: undefined, factory: async () => (made += 1, { render() {} }) });
  await assert.rejects(stage.show(modelOf({ _esm: "empty" }), element()), /default export/);
  await stage.show(modelOf({ _esm: "factory" }), element());
  await stage.show(modelOf({ _esm: "factory" }), element());
  assert.equal(made, 2);
});

test("a view reaches other widgets by reference, and what they export", async () => {
  const child = modelOf({ _esm: "child", x: 1 });
  /** @type {any[]} */
  const seen = [];
  const stage = stageOf(
    {
      child: {
        initialize: () => ({ answer: 42 }),
        render: (/** @type {any} */ { el }) => seen.push(el.name),
      },
      parent: {
        /** @param {any} view */
        async render({ host }) {
          const model = await host.getModel("anywidget:kid");
          model.on("change:x", () => seen.push(model.get("x")));
          const widget = await host.getWidget("IPY_MODEL_kid");
          seen.push(widget.exports.answer);
          await widget.render({ el: { name: "inside" } });
        },
      },
    },
    { kid: child },
  );
  await stage.show(modelOf({ _esm: "parent" }), element());
  child.set("x", 2);
  assert.deepEqual(seen, [42, "inside", 2]);
  stage.close();
  child.set("x", 3);
  assert.equal(seen.length, 3);
});

test("nobody answers: send does nothing, invoke fails at once", async () => {
  /** @type {any} */
  let view;
  const stage = stageOf({ code: { render: (/** @type {any} */ given) => void (view = given) } });
  await stage.show(modelOf({ _esm: "code" }), element());
  assert.equal(view.model.send({ kind: "hello" }), undefined);
  await assert.rejects(view.experimental.invoke("anything"), /needs Python/);
});
