// Builds the viewer into static/build/viewer/ and sets the page files of npm beside it in
// static/build/vendor/. Both folders are made, never committed. The same inputs give the same bytes.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const nothing = resolve(here, "src/nothing.js");
const built = resolve(here, "../static/build");

// The files every page uses, by the name the templates give them.
const PAGE_FILES = {
  "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
  "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
  "event-calendar.min.css": "@event-calendar/build/dist/event-calendar.min.css",
  "event-calendar.min.js": "@event-calendar/build/dist/event-calendar.min.js",
  "tom-select.min.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
  "tom-select.min.js": "tom-select/dist/js/tom-select.popular.min.js",
};

// Typefaces of printed reports, for the server: as they are, byte for byte.
const TYPEFACES = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

// A reference to a source map that is not shipped would be a missing file to Django's manifest.
const SOURCE_MAP = /\n?(\/\*# sourceMappingURL=.*?\*\/|\/\/# sourceMappingURL=.*)\s*$/;

// The calendar calls itself a table, but only half of its rows are rows: a screen reader hears a table that
// is none. Without these roles it hears devices, buttons and times. Whoever wants a list has the worklist.
const PAGE_CHANGES = {
  "event-calendar.min.js": [
    [' role="row"', ""],
    [' role="rowgroup"', ""],
    [' role="rowheader"', ""],
    [' role="columnheader"', ""],
    ["?`list`:`table`]", "?`group`:`group`]"],
    ["role:`listitem`", "role:void 0"],
    ["<h4><time></time> <time></time></h4>", "<div><time></time> <time></time></div>"],
    ["`role`,i()?null:`columnheader`", "`role`,null"],
    ["`aria-colspan`,i()||r()<=1?null:r()", "`aria-colspan`,null"],
    ["`aria-colindex`,i()?null:t.colIndex", "`aria-colindex`,null"],
    ["`role`,3,`cell`)", "`role`,3,void 0)"],
    ["<article><!></article>", "<div><!></div>"],
  ],
};

function changed(name, text) {
  return (PAGE_CHANGES[name] ?? []).reduce((done, [from, to]) => {
    if (!done.includes(from)) throw new Error(`${name} has changed: look at it again.`);
    return done.replaceAll(from, to);
  }, text);
}

function copyPageFiles() {
  return {
    name: "copy-page-files",
    writeBundle() {
      const folder = resolve(built, "vendor");
      mkdirSync(folder, { recursive: true });
      for (const [name, source] of Object.entries(PAGE_FILES)) {
        const text = readFileSync(resolve(here, "node_modules", source), "utf8");
        writeFileSync(resolve(folder, name), changed(name, text).replace(SOURCE_MAP, "\n"));
      }
      for (const name of TYPEFACES) {
        copyFileSync(resolve(here, "node_modules/dejavu-fonts-ttf/ttf", name), resolve(folder, name));
      }
    },
  };
}

// Small changes to libraries, each with its reason. A library that has moved on stops the build.
const FRESH = (type) =>
  `local.decoder.delete(); const decoder = (local.decoder = new local.codec.${type}());`;
const CHANGES = [
  // A style written as an attribute is forbidden by a strict content security policy.
  [
    "drawingSvg/drawTextBox.js",
    "textElement.setAttribute('style', combinedStyle);",
    "textElement.style.cssText = combinedStyle;",
  ],
  // One decoder for all frames hands out the last good picture when a frame is broken: a wrong slice,
  // and nobody could tell. A fresh one has nothing to hand out.
  ["decoders/decodeJPEG2000.js", "const decoder = local.decoder;", FRESH("J2KDecoder")],
  ["decoders/decodeJPEGLS.js", "const decoder = local.decoder;", FRESH("JpegLSDecoder")],
  ["decoders/decodeJPEGBaseline8Bit.js", "const decoder = local.decoder;", FRESH("JPEGDecoder")],
];

function changeLibraries() {
  return {
    name: "change-libraries",
    transform(code, id) {
      const change = CHANGES.find(([file]) => id.endsWith(file));
      if (!change) return null;
      const [file, from, to] = change;
      if (code.split(from).length !== 2) throw new Error(`${file} has changed: look at it again.`);
      return { code: code.replace(from, to), map: null };
    },
  };
}

export default defineConfig({
  root: here,
  base: "/static/build/viewer/",
  plugins: [copyPageFiles(), changeLibraries()],
  worker: { format: "es", plugins: () => [changeLibraries()] },
  // vtk.js reaches xmlbuilder2, which extends node's EventEmitter: without these the page dies.
  // The decoders ask for fs and path only when they run in node.
  resolve: { alias: { events: "events/", url: "url/", fs: nothing, path: nothing } },
  build: {
    target: "es2022",
    cssCodeSplit: false,
    modulePreload: false,
    outDir: resolve(built, "viewer"),
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 5000,
    rollupOptions: {
      input: { viewer: resolve(here, "src/main.js") },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        // Django serves the entry under a hashed name too, so no chunk may import from it.
        codeSplitting: { groups: [{ name: "preload", test: /preload-helper/ }] },
        assetFileNames: (asset) =>
          asset.names?.some((name) => name.endsWith(".css")) ? "viewer.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
});
