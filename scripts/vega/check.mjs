// Reads [{name, spec}] from stdin; checks each against Vega-Lite's JSON schema, draws it, and writes
// [{name, errors, rows, svg}] to stdout: `rows` are the data of all marks that were drawn.
// IMPALA_VEGA names the folder where the packages are.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.env.IMPALA_VEGA;
const require = createRequire(join(folder, "package.json"));
const load = async (name) => import(require.resolve(name));

const [{ default: Ajv }, { default: addFormats }, vega, vegaLite] =
  await Promise.all([load("ajv"), load("ajv-formats"), load("vega"), load("vega-lite")]);
const schemaPath = join(folder, "node_modules/vega-lite/build/vega-lite-schema.json");
const ajv = new Ajv({ strict: false, allErrors: true, allowUnionTypes: true });
addFormats(ajv);
ajv.addFormat("color-hex", () => true);
const isValid = ajv.compile(JSON.parse(readFileSync(schemaPath, "utf8")));

// The data behind the marks of a scene: not those of axes, legends and titles.
function rowsOf(mark, rows) {
  if (mark.marktype === "group") {
    for (const group of mark.items) {
      for (const inner of group.items ?? []) rowsOf(inner, rows);
    }
  } else if (mark.role === "mark") {
    for (const item of mark.items) rows.push({ mark: mark.marktype, ...item.datum });
  }
  return rows;
}

async function check({ name, spec }) {
  const errors = isValid(spec) ? [] : isValid.errors.map((error) => `${error.instancePath} ${error.message}`);
  const warnings = [];
  const warn = (...words) => warnings.push(words.join(" "));
  const logger = { warn, error: warn, info() {}, debug() {}, level: () => logger };
  const compiled = vegaLite.compile(spec, { logger }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: "none", logger });
  await view.runAsync();
  const rows = rowsOf(view.scenegraph().root, []);
  return { name, errors, warnings, rows, svg: await view.toSVG() };
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = [];
for (const one of JSON.parse(input)) {
  try {
    answers.push(await check(one));
  } catch (error) {
    answers.push({ name: one.name, errors: [String(error)], warnings: [], rows: [], svg: "" });
  }
}
process.stdout.write(JSON.stringify(answers));
