/**
 * What esbuild makes of src/. Run by build.py: `node bundle.mjs <folder to write into>`.
 *
 * Every src/views/<name>.js becomes a self-contained ES module (anywidget's `_esm`); the page
 * scripts become classic scripts, which also work under file://; the tokenizer's library becomes an
 * ES module that views import when it has arrived. The stylesheets that one imports
 * land beside it as one file (anywidget's `_css`, or manager.css).
 */
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const VIEW_LIMIT = 40 * 1024; // bytes: every widget of a notebook carries its own copy
const root = fileURLToPath(new URL(".", import.meta.url));
const outdir = process.argv[2];
if (!outdir) throw new Error("say where to write: node bundle.mjs <folder>");

const target = ["es2022", "chrome111", "firefox114", "safari16.4"];

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  target,
  outdir,
  outbase: "src",
  legalComments: "linked", // licences of bundled packages travel beside the bundle
  logLevel: "warning",
};

const viewFolder = join(root, "src", "views");
const views = existsSync(viewFolder)
  ? readdirSync(viewFolder)
      .filter((name) => name.endsWith(".js"))
      .map((name) => `src/views/${name}`)
  : [];
const pageScripts = ["src/host.js", "src/plotly_figures.js"].filter((path) => existsSync(join(root, path)));
const manager = ["src/manager.js"].filter((path) => existsSync(join(root, path)));

const { metafile } = await build({
  ...common,
  entryPoints: views,
  format: "esm",
  charset: "utf8",
  metafile: true,
});
await build({ ...common, entryPoints: pageScripts, format: "iife" });
// Code that views load when they need it, as an asset: one file, so its notices stay inside it.
await build({ ...common, entryPoints: ["src/tokenizer_library.js"], format: "esm", charset: "utf8", legalComments: "inline" });
// Apache-2.0 asks for the whole text of the licence beside what it covers.
copyFileSync(join(root, "node_modules/@huggingface/tokenizers/LICENSE"), join(outdir, "tokenizer_library.LEGAL.txt"));
await build({
  ...common,
  entryPoints: manager,
  format: "iife",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" },
  loader: { ".svg": "dataurl", ".woff2": "dataurl", ".woff": "empty", ".ttf": "empty", ".eot": "empty" },
});

for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
  if (path.endsWith(".js") && bytes >= VIEW_LIMIT) {
    console.error(`${path} has ${bytes} bytes; a view must stay below ${VIEW_LIMIT}`);
    process.exit(1);
  }
}
