// Bundles what the pages take from others into forms/pages/static/vendor, with digests and
// licences. For maintainers: `make vendor`; nobody else needs Node. Two runs give the same bytes.
//
//   node build.mjs           writes
//   node build.mjs --check   compares with what is there
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";

const HERE = import.meta.dirname;
const ROOT = path.resolve(HERE, "../..");
const STATIC = "forms/pages/static";
const VENDOR = `${STATIC}/vendor`;
const BUNDLES = `${VENDOR}/bpmn-io`;
// An entry is a script with the style of the same name; what entries share becomes a chunk.
const ENTRIES = ["viewer", "form-viewer"];
const MODULES = path.join(HERE, "node_modules");
const LOCK = JSON.parse(fs.readFileSync(path.join(HERE, "package-lock.json"), "utf8"));
const NOTICES = /^(licen[cs]e|copying|notice)(\.\w+)?$/i;

const files = new Map(); // path from the root -> { bytes, packages }
const used = new Set(); // names of packages

await bundle();
copy("htmx.org", "dist/htmx.min.js", `${VENDOR}/htmx-${version("htmx.org")}/htmx.min.js`);
copy("axe-core", "axe.min.js", `tests/browser/axe/axe.min.js`);
sprite();
const records = [...used].sort().map(described);
add(`${VENDOR}/THIRD_PARTY_LICENSES.txt`, Buffer.from(licences(records)), []);
const manifest = Buffer.from(`${JSON.stringify(listed(records), null, 1)}\n`);
const outputs = [...files].map(([name, file]) => [name, file.bytes]);
finish([...outputs, [`${VENDOR}/VENDOR.json`, manifest]]);

async function bundle() {
  const result = await build({
    absWorkingDir: HERE,
    entryPoints: ENTRIES.flatMap((name) => [`src/${name}.js`, `src/${name}.css`]),
    outdir: "out",
    entryNames: "[name]",
    chunkNames: "chunk-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    minify: true,
    target: "es2020",
    define: { "process.env.NODE_ENV": '"production"' },
    // The licences of bpmn.io ask for their comments and their watermark to stay.
    legalComments: "eof",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  for (const file of result.outputFiles) {
    const relative = path.relative(path.join(HERE, "out"), file.path);
    const inputs = Object.keys(result.metafile.outputs[`out/${relative}`].inputs);
    const packages = new Set(inputs.map(packageOf).filter(Boolean));
    add(`${BUNDLES}/${relative}`, Buffer.from(file.contents), [...packages]);
  }
}

function copy(name, from, to) {
  add(to, fs.readFileSync(path.join(MODULES, name, from)), [name]);
  const notice = noticesOf(name)[0];
  add(path.join(path.dirname(to), "LICENSE"), fs.readFileSync(notice), []);
}

// One file with the icons named in icons.txt, in that order.
function sprite() {
  const look =
    'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ' +
    'stroke-linecap="round" stroke-linejoin="round"';
  const names = fs.readFileSync(path.join(HERE, "icons.txt"), "utf8").split("\n").filter(Boolean);
  const symbols = names.map((name) => {
    const source = fs.readFileSync(path.join(MODULES, "lucide-static/icons", `${name}.svg`), "utf8");
    const body = /<svg[^>]*>(.*)<\/svg>/s.exec(source)[1].replace(/\s+/g, " ").trim();
    return `<symbol id="${name}" ${look}>${body}</symbol>`;
  });
  const text = ['<svg xmlns="http://www.w3.org/2000/svg">', ...symbols, "</svg>", ""].join("\n");
  add(`${STATIC}/icons/sprite.svg`, Buffer.from(text), ["lucide-static"]);
}

function add(name, bytes, packages) {
  files.set(name, { bytes, packages: packages.sort() });
  for (const found of packages) used.add(found);
}

function packageOf(input) {
  const inside = input.split("node_modules/").at(-1);
  if (inside === input) return "";
  return inside.split("/").slice(0, inside.startsWith("@") ? 2 : 1).join("/");
}

function version(name) {
  return JSON.parse(fs.readFileSync(path.join(MODULES, name, "package.json"), "utf8")).version;
}

function noticesOf(name) {
  const folder = path.join(MODULES, name);
  const found = fs.readdirSync(folder).filter((file) => NOTICES.test(file));
  return found.sort().map((file) => path.join(folder, file));
}

function described(name) {
  const about = JSON.parse(fs.readFileSync(path.join(MODULES, name, "package.json"), "utf8"));
  const text = noticesOf(name).map((file) => fs.readFileSync(file, "utf8").trim()).join("\n\n");
  const declared = about.license ?? "";
  const licence = /SEE LICENSE/.test(declared) ? named(text) : declared;
  if (!licence || (!text && licence !== "MIT")) throw new Error(`No licence: ${name} ${declared}`);
  const { integrity } = LOCK.packages[`node_modules/${name}`];
  const author = about.author?.name ?? about.author ?? "";
  return { name, version: about.version, licence, integrity, text: text || `${licence} ${author}` };
}

function named(text) {
  if (/bpmn\.io/.test(text) && /watermark/.test(text)) return "bpmn.io";
  throw new Error("Unknown licence");
}

function licences(found) {
  const rule = "=".repeat(78);
  const parts = found.map(({ name, version, licence, text }) =>
    [rule, `${name} ${version} (${licence})`, rule, "", text, ""].join("\n"),
  );
  return parts.join("\n");
}

function listed(found) {
  return {
    packages: found.map(({ name, version, licence, integrity }) => (
      { name, version, licence, integrity }
    )),
    files: Object.fromEntries(
      [...files].sort().map(([name, { bytes, packages }]) => [
        name,
        { sha256: createHash("sha256").update(bytes).digest("hex"), bytes: bytes.length, packages },
      ]),
    ),
  };
}

function finish(outputs) {
  const wanted = new Set(outputs.map(([name]) => name));
  const folder = path.join(ROOT, BUNDLES);
  const present = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const stale = present.map((name) => `${BUNDLES}/${name}`).filter((name) => !wanted.has(name));
  if (process.argv.includes("--check")) {
    const different = outputs.filter(([name, bytes]) => {
      const target = path.join(ROOT, name);
      return !fs.existsSync(target) || !fs.readFileSync(target).equals(bytes);
    });
    const wrong = [...different.map(([name]) => name), ...stale];
    if (wrong.length) {
      console.error(`Differs from a fresh build: ${wrong.join(", ")}`);
      process.exitCode = 1;
    } else console.log(`${outputs.length} files are what a fresh build gives`);
    return;
  }
  for (const name of stale) fs.rmSync(path.join(ROOT, name));
  for (const [name, bytes] of outputs) {
    const target = path.join(ROOT, name);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.writeFileSync(target, bytes);
    console.log(`${String(bytes.length).padStart(9)} ${name}`);
  }
}
