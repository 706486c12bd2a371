/** The colours that a page gives to a plotly figure. The drawing itself is tested in a browser. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { themeColours, withColours } from "../src/plotly_figures.js";

const page = { text: "white", line: "grey", surface: "black" };

test("what the author left open follows the page", () => {
  const colours = themeColours({ data: [{}], layout: { title: { text: "T" } } }, page);
  assert.equal(colours["font.color"], "white");
  assert.equal(colours["xaxis.gridcolor"], "grey");
  assert.equal(colours["yaxis.zerolinecolor"], "grey");
});

test("what the author chose stays; what only the template says does not", () => {
  const layout = {
    paper_bgcolor: "pink",
    xaxis: { gridcolor: "red" },
    template: { layout: { plot_bgcolor: "#E5ECF6" } },
  };
  const colours = themeColours({ data: [{}], layout }, page);
  assert.ok(!("paper_bgcolor" in colours));
  assert.ok(!("xaxis.gridcolor" in colours));
  assert.equal(colours["xaxis.linecolor"], "grey");
  assert.equal(colours.plot_bgcolor, "rgba(0,0,0,0)");
});

test("further axes count, named by the layout or only by a trace", () => {
  const figure = { data: [{ xaxis: "x2", yaxis: "y3" }], layout: { yaxis4: {} } };
  const colours = themeColours(figure, page);
  for (const axis of ["xaxis2", "yaxis3", "yaxis4"]) assert.equal(colours[`${axis}.gridcolor`], "grey");
});

test("sliders and menus are coloured one by one", () => {
  const layout = { sliders: [{}, { bgcolor: "red" }], updatemenus: [{}] };
  const colours = themeColours({ data: [], layout }, page);
  assert.equal(colours["sliders[0].bgcolor"], "black");
  assert.ok(!("sliders[1].bgcolor" in colours));
  assert.equal(colours["updatemenus[0].bordercolor"], "grey");
});

test("colours are put into a copy of the layout, also into lists", () => {
  const layout = { xaxis: { title: "x" }, sliders: [{ active: 1 }] };
  const result = withColours(layout, { "xaxis.gridcolor": "grey", "sliders[0].bgcolor": "black" });
  assert.deepEqual(result, {
    xaxis: { title: "x", gridcolor: "grey" },
    sliders: [{ active: 1, bgcolor: "black" }],
  });
  assert.deepEqual(layout, { xaxis: { title: "x" }, sliders: [{ active: 1 }] });
});
