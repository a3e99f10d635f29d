// What the steps share: a browser, people in it, and what is looked at on every page.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const [, , url, modules, , shots] = process.argv;
const require = createRequire(path.join(modules, "any.js"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

export const PASSWORD = "correct horse battery";
export const CANVAS = "/ann/weather/canvases/weather";
export const ROUTE = "/projects/ann/weather/canvases/weather";

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const LOOKS = [[1280, 800, "light"], [1280, 800, "dark"], [390, 844, "light"], [390, 844, "dark"]];

export const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });

// What went wrong in a page by itself.
export const faults = [];

export async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: url, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  // Violations of the page's policy are reported here.
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  return page;
}

// Another page of someone who has signed in.
export const another = async (page, options = {}) => open({ storageState: await page.context().storageState(), ...options });

// All blocks are there, each drawn for the width that it has now.
export const drawn = (page) => page.waitForFunction(() => {
  for (const block of document.querySelectorAll(".content.waiting")) block.scrollIntoView();
  const fits = (content) => !content.cols || content.cols === globalThis.columnsOf(content);
  return !document.querySelector(".content.waiting, [aria-busy=true]") && [...document.querySelectorAll(".content")].every(fits);
});

// The accessibility of what is shown now: nothing that axe calls moderate or worse.
export async function accessible(page, what) {
  const report = await page.evaluate(`(() => { ${axe.source}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  const serious = report.violations.filter(({ impact }) => impact !== "minor");
  const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`));
  assert.equal(lines.length, 0, `${what}\n${lines.join("\n")}`);
}

export async function shot(page, name, options = { fullPage: true }) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, ...options });
}

// What is said below blocks that nobody can read whole.
const cut = (page) => page.$$eval("#canvas .provenance, #canvas .provenance > .warn, #canvas .content:has(> .picture)", (all) =>
  all.filter((one) => one.scrollHeight > one.clientHeight + 1 || (one.matches(".warn") && one.scrollWidth > one.clientWidth + 1))
    .map((one) => `${one.textContent}: ${one.scrollWidth} x ${one.scrollHeight} in ${one.clientWidth} x ${one.clientHeight}`));

// A page at every size and in both schemes: nothing is wider than the screen, all of it is accessible.
export async function looksGood(page, name) {
  const { width, height } = page.viewportSize();
  for (const [wide, high, scheme] of LOOKS) {
    await page.setViewportSize({ width: wide, height: high });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    if (await page.locator("#canvas").count()) await drawn(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${name} at ${wide} px is ${over} px too wide`);
    assert.deepEqual(await cut(page), [], `${name} at ${wide} px`);
    await accessible(page, `${name} at ${wide} px, ${scheme}`);
    await shot(page, `${name}-${wide}-${scheme}`);
  }
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

// Whether all of what a selector finds is to be seen from side to side.
export async function isOnScreen(page, selector) {
  const { x, width } = await page.locator(selector).boundingBox();
  assert.ok(x >= 0 && x + width <= page.viewportSize().width, `${selector} from ${x} px, ${width} px wide`);
}

// Asks the API, as another client of the one who is signed in.
export async function api(method, route, body, headers = {}) {
  const bearer = api.token ? { authorization: `Bearer ${api.token}` } : {};
  const answer = await fetch(`${url}/api/v1${route}`, {
    method, headers: { "content-type": "application/json", ...bearer, ...headers }, body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${route}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
  return answer.json();
}

export async function signInToApi() {
  api.token = undefined;
  api.token = (await api("POST", "/auth/login", { username: "ann", password: PASSWORD })).access_token;
}

// Someone else changes the canvas.
export async function elsewhere(method, rest, body) {
  const { etag } = await api("GET", ROUTE);
  return api(method, `${ROUTE}${rest}`, body, { "if-match": etag });
}

export const saved = async (id) => (await api("GET", ROUTE)).canvas.spec.blocks.find((block) => block.id === id);

export const place = (page, id) => page.$eval(`#b-${id}`, ({ dataset }) => dataset.at.split(" ").map(Number));

// The clock of the server only moves when a test moves it.
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

export async function advance(hours) {
  console.log(`advance ${hours} hours`);
  await answers.next();
}
