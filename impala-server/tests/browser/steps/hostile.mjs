// Names that mean harm, read the other way, or have no place to break: text like any other, within the screen.
import { api, looksGood } from "../tools.mjs";

const SCRIPT = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>`;
const TURNED = "\u0645\u0631\u062d\u0628\u0627 \u202eevil \u05e9\u05dc\u05d5\u05dd";
const LONG = "Donaudampfschifffahrtselektrizit\u00e4tenhauptbetriebswerk".repeat(2);
const NAMES = [SCRIPT, TURNED, LONG];

const quoted = (text) => `"${text.replaceAll('"', '""')}"`;

const canvas = {
  apiVersion: "impala/v1", kind: "Canvas", metadata: { slug: "evil", title: NAMES.join(" "), description: LONG },
  spec: {
    parameters: NAMES.map((title, index) => ({ name: `p${index}`, title, type: "select", options: NAMES, multiple: index > 0 })),
    blocks: [
      { id: "text", type: "text", title: SCRIPT, markdown: `# ${NAMES.join("\n\n")}\n\n[x](javascript:alert(3))` },
      { id: "chart", type: "chart", title: LONG, source: "evil", mark: "bar", encoding: { x: { aggregate: "sum", field: "n", title: SCRIPT }, y: { field: SCRIPT }, color: { field: LONG } } },
      { id: "metric", type: "metric", title: TURNED, source: "evil", value: { aggregate: "sum", field: "n" } },
      { id: "failed", type: "metric", title: LONG, source: "evil", value: { aggregate: "sum", field: LONG } },
      { id: "table", type: "table", title: SCRIPT, source: "evil" },
    ],
  },
};

export const steps = {
  async "gives names that mean harm"({ page }) {
    await api("POST", "/projects", { slug: "hostile", title: NAMES.join(" "), description: LONG });
    await page.goto("/ann/hostile");
    const rows = NAMES.map((name) => [name, name, name, 1]).map((row) => row.map(String).map(quoted).join(","));
    const buffer = Buffer.from([...NAMES.map(quoted), "n"].join(",") + `\n${rows.join("\n")}\n`);
    await page.setInputFiles("#file", { name: "evil.csv", mimeType: "text/csv", buffer });
    await page.click(".drop button[type=submit]");
    await page.waitForURL("**/sources/evil");
    await api("POST", "/projects/ann/hostile/canvases", canvas);
    for (const [name, path] of [["projects", "/"], ["project", "/ann/hostile"], ["source", "/ann/hostile/sources/evil"],
      ["canvas", "/ann/hostile/canvases/evil"], ["history", "/ann/hostile/canvases/evil/history"]]) {
      await page.goto(path);
      await looksGood(page, `hostile-${name}`);
    }
  },
};
