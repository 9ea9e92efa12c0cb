// Builds the viewer into static/build/viewer/ and sets the page files of npm beside it in
// static/build/vendor/. Both folders are made, never committed. The same inputs give the same bytes.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const built = resolve(here, "../static/build");

// The files every page uses, by the name the templates give them.
const PAGE_FILES = {
  "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
  "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
  "idiomorph-ext.min.js": "idiomorph/dist/idiomorph-ext.min.js",
};

// A reference to a source map that is not shipped would be a missing file to Django's manifest.
const SOURCE_MAP = /\n?(\/\*# sourceMappingURL=.*?\*\/|\/\/# sourceMappingURL=.*)\s*$/;

function copyPageFiles() {
  return {
    name: "copy-page-files",
    writeBundle() {
      const folder = resolve(built, "vendor");
      mkdirSync(folder, { recursive: true });
      for (const [name, source] of Object.entries(PAGE_FILES)) {
        const text = readFileSync(resolve(here, "node_modules", source), "utf8");
        writeFileSync(resolve(folder, name), text.replace(SOURCE_MAP, "\n"));
      }
    },
  };
}

export default defineConfig({
  root: here,
  base: "/static/build/viewer/",
  plugins: [copyPageFiles()],
  worker: { format: "es" },
  // vtk.js reaches xmlbuilder2, which extends node's EventEmitter: without these the page dies.
  resolve: { alias: { events: "events/", url: "url/" } },
  build: {
    target: "es2022",
    outDir: resolve(built, "viewer"),
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 5000,
    rollupOptions: {
      input: { viewer: resolve(here, "src/main.js") },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: (asset) =>
          asset.names?.some((name) => name.endsWith(".css")) ? "viewer.css" : "assets/[name]-[hash][extname]",
      },
    },
  },
});
