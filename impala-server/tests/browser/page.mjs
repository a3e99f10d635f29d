// The page in a real browser, from registering to a share link that someone opens who has not signed in. `tests/api/browser.rs`
// starts the server and this:
//
//     node page.mjs URL FOLDER_OF_NODE_MODULES CSV [FOLDER_FOR_SCREENSHOTS]
//
// Says each step on a line, and ends with 1 and what was wrong at the first that fails.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";

const [, , url, modules, csv, shots] = process.argv;
const require = createRequire(path.join(modules, "any.js"));
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const PASSWORD = "correct horse battery";
const CANVAS = "/ann/weather/canvases/weather";
const LOOKS = [[1280, 800, "light"], [1280, 800, "dark"], [390, 844, "light"], [390, 844, "dark"]];

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: FLAGS });
const faults = [];

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, baseURL: url, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on("pageerror", (error) => faults.push(`script: ${error.message}`));
  // What the policy of the page forbids is told here.
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  return page;
}

const drawn = (page) => page.waitForFunction(() => {
  for (const block of document.querySelectorAll(".content.waiting")) block.scrollIntoView();
  return !document.querySelector(".content.waiting, [aria-busy=true]");
});

// The accessibility of what is shown now: nothing serious, nothing critical.
async function accessible(page, what) {
  const report = await page.evaluate(`(() => { ${axe.source}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  const serious = report.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const lines = serious.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`));
  assert.equal(lines.length, 0, `${what}\n${lines.join("\n")}`);
}

// A page at every size and in both schemes: nothing is wider than the screen, all of it is accessible.
async function looksGood(page, name) {
  const { width, height } = page.viewportSize();
  for (const [wide, high, scheme] of LOOKS) {
    await page.setViewportSize({ width: wide, height: high });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
    if (await page.locator("#canvas").count()) await drawn(page);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${name} at ${wide} px is ${over} px too wide`);
    await accessible(page, `${name} at ${wide} px, ${scheme}`);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${wide}-${scheme}.png`, fullPage: true });
  }
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

async function api(method, route, body, headers = {}) {
  const answer = await fetch(`${url}/api/v1${route}`, {
    method, headers: { "content-type": "application/json", ...headers }, body: body && JSON.stringify(body),
  });
  assert.ok(answer.ok, `${method} ${route}: ${answer.status} ${answer.ok ? "" : await answer.text()}`);
  return answer.json();
}

const place = (page, id) => page.$eval(`#b-${id}`, ({ dataset: { x, y, w, h } }) => [x, y, w, h].map(Number));

const steps = {
  async "someone registers"({ page }) {
    await page.goto("/");
    await looksGood(page, "landing");
    await page.click("main a[href='/register']");
    await looksGood(page, "register");
    await page.fill("#username", "ann");
    await page.fill("#password", PASSWORD);
    await page.click("main button[type=submit]");
    await page.waitForSelector("text=Nothing here yet.");
    await looksGood(page, "projects");
  },

  async "makes a project"({ page }) {
    await page.click("main a[href='/new']");
    await page.fill("#slug", "weather");
    await page.fill("#title", "Weather");
    await page.click("main button[type=submit]");
    await page.waitForSelector("h1:text('Weather')");
  },

  async "learns what is wrong with a file, by row and column"({ page }) {
    await page.setInputFiles("#file", { name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n3\n") });
    await page.click(".drop button[type=submit]");
    await page.waitForSelector(".outcome :text('row 2')");
    assert.match(await page.textContent(".outcome"), /column "b"/);
    await looksGood(page, "project-refused");
  },

  async "drops a CSV file onto the page"({ page }) {
    const dropped = await page.evaluateHandle((text) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([text], "weather.csv", { type: "text/csv" }));
      return transfer;
    }, readFileSync(csv, "utf8"));
    await page.dispatchEvent(".drop", "dragover", { dataTransfer: dropped });
    assert.ok(await page.locator(".drop.over").count());
    await page.dispatchEvent(".drop", "drop", { dataTransfer: dropped });
    await page.waitForURL("**/sources/weather");
    await page.waitForSelector("text=1 to 50 of 1,461");
    await looksGood(page, "source");
  },

  async "makes a canvas of it"({ page }) {
    await page.click("button:text('Make a canvas')");
    await page.waitForURL(`**${CANVAS}`);
    const begun = performance.now();
    await page.waitForSelector(".content:not(.waiting)");
    console.log(`  the first block came ${Math.round(performance.now() - begun)} ms after the page`);
    await drawn(page);
    assert.ok((await page.locator(".picture svg").count()) >= 4, "charts are drawn");
    const [bytes, sent] = await page.evaluate(() => {
      const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
      const before = all.filter(({ name }) => !/\/blocks\/|\/events$/.test(name));
      return ["decodedBodySize", "encodedBodySize"].map((size) => before.reduce((sum, entry) => sum + entry[size], 0));
    });
    console.log(`  before its blocks the page has ${bytes} bytes, ${sent} as sent`);
    assert.ok(bytes < 60_000, `${bytes} bytes before the blocks`);
    await page.waitForSelector("#live-state:text('live')");
    await looksGood(page, "canvas");
  },

  async "sees the page before a slow block"({ page }) {
    await page.route("**/blocks/rows?*", async (route) => {
      await new Promise((go) => { steps.release = go; });
      await route.continue();
    });
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll(".content:not(.waiting) svg").length >= 4);
    await page.locator("#b-rows").scrollIntoViewIfNeeded();
    assert.ok(await page.locator("#b-rows .content.waiting").count(), "the slow block still waits");
    await page.waitForFunction(() => document.querySelector("#b-rows .content")?.cols > 0);
    steps.release();
    await drawn(page);
    await page.unroute("**/blocks/rows?*");
  },

  async "moves a block with the keyboard"({ page }) {
    await page.click("#arrange");
    const [x, y, w, h] = await place(page, "rows");
    await page.focus("#b-rows [data-handle=size]");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#b-rows").dataset.w === "22");
    assert.deepEqual(await place(page, "rows"), [x, y, w - 2, h]);
    await accessible(page, "a canvas that is being arranged");
    if (shots) await page.screenshot({ path: `${shots}/arrange-1280-light.png`, fullPage: true });
  },

  async "moves a block with the pointer"({ page }) {
    const [x, y, w] = await place(page, "rows");
    const handle = page.locator("#b-rows [data-handle=move]");
    await handle.scrollIntoViewIfNeeded();
    const box = await handle.boundingBox();
    const [left, top] = [box.x + box.width / 2, box.y + box.height / 2];
    const column = await page.$eval("#grid", (grid) => grid.clientWidth / 24);
    await page.mouse.move(left, top);
    await page.mouse.down();
    await page.mouse.move(left + column * 2, top + 24, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction((was) => document.querySelector("#b-rows").dataset.x !== String(was), x);
    const moved = await place(page, "rows");
    assert.deepEqual(moved.slice(0, 3), [x + 2, y + 1, w]);
    await page.reload();
    assert.deepEqual(await place(page, "rows"), moved, "it is saved");
  },

  async "sees what another client saves, at once"({ page, token }) {
    await page.waitForSelector("#live-state:text('live')");
    await drawn(page);
    const bearer = { authorization: `Bearer ${token}` };
    const view = await api("GET", `/projects/ann/weather/canvases/weather`, undefined, bearer);
    const block = { id: "hello", type: "text", markdown: "Hello from **elsewhere**" };
    await api("POST", `/projects/ann/weather/canvases/weather/blocks`, block, { ...bearer, "if-match": view.etag });
    // What stands below what is seen is fetched when it comes near.
    await page.locator("#b-hello").scrollIntoViewIfNeeded();
    await page.waitForSelector("#b-hello :text('elsewhere')");
    assert.match(await page.textContent("#live"), /ann saved revision/);
  },

  async "catches up on what it missed while nobody saw it"({ page, token }) {
    const hide = (isHidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
    await hide(true);
    const bearer = { authorization: `Bearer ${token}` };
    const route = "/projects/ann/weather/canvases/weather";
    const view = await api("GET", route, undefined, bearer);
    await api("PATCH", `${route}/blocks/hello`, { markdown: "Hello **again**" }, { ...bearer, "if-match": view.etag });
    await hide(false);
    await page.waitForFunction(() => {
      const block = document.getElementById("b-hello");
      // What is far from the screen is fetched when it comes near.
      block.scrollIntoView();
      return block.textContent.includes("again");
    });
  },

  async "chooses when someone else was faster"({ page, token }) {
    await page.click("#arrange");
    const bearer = { authorization: `Bearer ${token}` };
    const route = "/projects/ann/weather/canvases/weather";
    await page.focus("#b-hello [data-handle=size]");
    await page.keyboard.press("ArrowDown");
    const view = await api("GET", route, undefined, bearer);
    await api("PATCH", `${route}/blocks/about`, { title: "Theirs" }, { ...bearer, "if-match": view.etag });
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await accessible(page, "the choice");
    if (shots) await page.screenshot({ path: `${shots}/choice-1280-light.png` });
    const [, , , h] = await place(page, "hello");
    await page.click("dialog button:text('Move it on top of theirs')");
    await page.waitForFunction((was) => document.querySelector("#b-hello").dataset.h === String(was + 1), h);
    const saved = await api("GET", route, undefined, bearer);
    assert.equal(saved.canvas.spec.blocks.find(({ id }) => id === "about").title, "Theirs");
    assert.equal(saved.canvas.spec.blocks.find(({ id }) => id === "hello").at.h, h + 1);
  },

  async "sets a parameter, which stands in the address"({ page, token }) {
    const bearer = { authorization: `Bearer ${token}` };
    const route = "/projects/ann/weather/canvases/weather";
    const { canvas, etag } = await api("GET", route, undefined, bearer);
    canvas.spec.parameters = [{ name: "kind", title: "Weather", type: "select", source: "weather", field: "weather", multiple: true }];
    canvas.spec.blocks.find(({ id }) => id === "rows").filter = "weather IN ($kind)";
    await api("PUT", route, canvas, { ...bearer, "if-match": etag });
    await page.goto(CANVAS);
    await drawn(page);
    await page.click(".several summary");
    await page.check(".several input[value=snow]");
    await page.waitForURL("**?param.kind=snow");
    await page.waitForFunction(() => {
      document.getElementById("b-rows").scrollIntoView();
      const cells = [...document.querySelectorAll("#b-rows tbody td:last-child")].map((cell) => cell.textContent);
      return cells.length && cells.every((text) => text === "snow");
    });
    await looksGood(page, "parameter");
    await page.reload();
    assert.ok(await page.locator(".several input[value=snow]:checked").count());
  },

  async "takes data along from the menu of a block"({ page }) {
    await page.click("#b-rows .menu summary");
    await accessible(page, "the menu of a block");
    const [csvFile] = await Promise.all([page.waitForEvent("download"), page.click("#b-rows .menu a:text('Data as CSV')")]);
    assert.match(readFileSync(await csvFile.path(), "utf8"), /^date,precipitation,[^]*snow\n$/);
    await page.click("#b-rows .menu summary");
    await page.click("#b-rows .menu summary");
    await page.keyboard.press("Escape");
    assert.equal(await page.locator("#b-rows .menu[open]").count(), 0);
    const picture = await page.request.get(`${CANVAS}/blocks/over-time?format=svg`);
    assert.match(await picture.text(), /^<svg /);
  },

  async "edits a block by its form"({ page }) {
    await page.goto(`${CANVAS}/blocks/row-count/edit`);
    await looksGood(page, "edit");
    await page.fill("#title", "How many days");
    await page.click("main button:text('Save')");
    await page.waitForSelector("#b-row-count h2:text('How many days')");
  },

  async "has a history, and can read the document"({ page }) {
    for (const [name, route] of [["history", "/history"], ["document", "/edit"], ["add", "/add"], ["about", "/blocks/row-count?format=about"], ["shares", "/shares"]]) {
      await page.goto(CANVAS + route);
      await looksGood(page, name);
    }
    await page.goto("/account");
    await looksGood(page, "account");
  },

  async "shares it with someone who has not signed in"({ page }) {
    await page.goto(`${CANVAS}/shares`);
    await page.fill("#name", "Board");
    await page.click("main button:text('Make a link')");
    const link = await page.getAttribute("#share-link", "href");
    const reader = await open();
    await reader.goto(link);
    await drawn(reader);
    assert.ok((await reader.locator(".picture svg").count()) >= 4);
    assert.equal(await reader.locator("#arrange, a:text('Add block')").count(), 0);
    await looksGood(reader, "shared");
    await page.click("button:text('Pause')");
    await page.waitForSelector("text=paused");
    assert.equal((await reader.goto(link)).status(), 404);
    await reader.context().close();
  },

  async "reads it without scripts"({ page }) {
    const reader = await open({ javaScriptEnabled: false, storageState: await page.context().storageState() });
    await reader.goto(CANVAS);
    await reader.waitForURL("**all=1**");
    await reader.waitForSelector("#b-rows td");
    assert.ok((await reader.locator(".picture svg").count()) >= 4);
    await reader.context().close();
  },

  async "chooses the dark scheme, and keeps it"({ page }) {
    await page.goto("/");
    await page.emulateMedia({ colorScheme: "light" });
    await page.click("[data-theme-switch]");
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    await page.reload();
    assert.equal(await page.getAttribute("html", "data-theme"), "dark");
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), "dark");
  },

  async "signs out"({ page }) {
    await page.click("text=Sign out");
    await page.waitForSelector("main a[href='/login']");
    await page.goto(CANVAS);
    await page.waitForURL("**/login?next=*");
    await looksGood(page, "login");
  },
};

try {
  const page = await open();
  const state = { page };
  for (const [name, step] of Object.entries(steps)) {
    if (typeof step !== "function" || name === "release") continue;
    console.log(name);
    await step(state);
    if (name === "makes a project") {
      state.token = (await api("POST", "/auth/login", { username: "ann", password: PASSWORD })).access_token;
    }
    assert.deepEqual(faults, [], `nothing goes wrong while someone ${name}`);
  }
} catch (error) {
  console.log(`FAILED: ${error.stack ?? error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
