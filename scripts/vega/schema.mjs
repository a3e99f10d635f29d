// Reads {schema, documents} from stdin, checks each document against the JSON Schema (draft 2020-12) with Ajv in its strict mode,
// and writes a list to stdout: for each document what is wrong with it, empty when nothing is.
// IMPALA_VEGA names the folder where the packages are.

import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.IMPALA_VEGA, "package.json"));
const { default: Ajv } = await import(require.resolve("ajv/dist/2020.js"));

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { schema, documents } = JSON.parse(input);
// Parts that only restrict what stands beside them name neither types nor properties again.
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true, allowUnionTypes: true });
const isValid = ajv.compile(schema);
const check = (document) =>
  isValid(document) ? [] : isValid.errors.map((error) => `${error.instancePath} ${error.message}`);
process.stdout.write(JSON.stringify(documents.map(check)));
