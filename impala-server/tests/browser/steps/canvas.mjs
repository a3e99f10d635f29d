// A canvas as it is read: its blocks, their menus, parameters, the clock and the whole screen.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { CANVAS, ROUTE, accessible, another, api, drawn, looksGood, shot } from "../tools.mjs";

export const steps = {
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
      const before = all.filter(({ name }) => !/\/blocks[/?]|\/events$/.test(name));
      return ["decodedBodySize", "encodedBodySize"].map((size) => before.reduce((sum, entry) => sum + entry[size], 0));
    });
    console.log(`  before its blocks the page has ${bytes} bytes, ${sent} as sent`);
    assert.ok(bytes < 60_000, `${bytes} bytes before the blocks`);
    // Each picture has a name, and says in a sentence what there is to see.
    const texts = await page.$$eval(".picture svg[role=img]", (pictures) => pictures.map((picture) =>
      ["aria-labelledby", "aria-describedby"].map((name) => document.getElementById(picture.getAttribute(name)).textContent)));
    assert.ok(texts.length >= 4 && texts.every(([name, sentence]) => name && sentence.length > name.length && sentence.endsWith(".")), JSON.stringify(texts));
    await page.waitForSelector("#live-state:text('live')");
    await looksGood(page, "canvas");
  },

  async "sees what is quick while six slow blocks are waited for"({ page }) {
    const slow = (number) => ({ id: `slow-${number}`, type: "table", at: { x: number * 4, y: 0, w: 4, h: 4 }, sql: `SELECT count(DISTINCT a.wind * b.wind * c.wind + ${number}) AS n
      FROM weather a JOIN weather b ON a.weather = b.weather JOIN weather c ON b.weather = c.weather WHERE c.date < DATE '2012-02-01'` });
    const encoding = { x: { field: "weather" }, y: { aggregate: "count" } };
    const quick = [{ type: "metric", source: "weather", value: { aggregate: "max", field: "wind" } }, { type: "text", markdown: "Quick" },
      { type: "chart", source: "weather", mark: "bar", encoding }, { type: "table", source: "weather", filter: "wind > 9" }];
    const blocks = [...Array(6).keys()].map(slow).concat(quick.map((block, number) => ({ ...block, id: `quick-${number}`, at: { x: number * 6, y: 4, w: 6, h: 8 } })));
    await api("POST", "/projects/ann/weather/canvases", { apiVersion: "impala/v1", kind: "Canvas", metadata: { slug: "slow" }, spec: { blocks } });
    const begun = performance.now();
    await page.goto("/ann/weather/canvases/slow");
    const waiting = (start) => page.locator(`[id^=b-${start}] .waiting`).count();
    await page.waitForFunction(() => !document.querySelector("[id^=b-quick] :is(.waiting, .failed)") && document.querySelector("#b-quick-3 td"));
    console.log(`  beside six slow blocks four quick ones came after ${Math.round(performance.now() - begun)} ms`);
    assert.equal(await waiting("slow"), 6, "all slow blocks are still waited for");
    const moving = () => page.evaluate(() => document.getAnimations().length);
    assert.ok(await moving(), "what waits is to be seen to wait");
    await shot(page, "slow-1280-light");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await moving(), 0, "nothing moves for those who do not want it");
    await page.emulateMedia({ reducedMotion: null });
    await page.goto(CANVAS);
  },
};

export const more = {
  async "sets a parameter, which stands in the address"({ page }) {
    await page.goto(CANVAS);
    await page.waitForSelector("#live-state:text('live')");
    const { canvas, etag } = await api("GET", ROUTE);
    canvas.spec.parameters = [{ name: "kind", title: "Weather", type: "select", source: "weather", field: "weather", multiple: true },
      { name: "long", title: "Donaudampfschifffahrt".repeat(5), type: "select", options: ["Donaudampfschifffahrt".repeat(5)] }];
    canvas.spec.blocks.find(({ id }) => id === "rows").filter = "weather IN ($kind)";
    await api("PUT", ROUTE, canvas, { "if-match": etag });
    // It comes by itself, as everything else that others save.
    await page.waitForSelector(".several summary");
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
    // A choice is a step that can be gone back from.
    await page.click(".several summary");
    await page.check(".several input[value=rain]");
    await page.waitForURL("**?param.kind=rain&param.kind=snow");
    await page.goBack();
    await page.waitForFunction(() => !document.querySelector(".several input[value=rain]:checked"));
    assert.match(page.url(), /\?param\.kind=snow$/);
    assert.equal(await page.textContent(".several .chosen"), "snow");
    await drawn(page);
    assert.doesNotMatch(await page.textContent("#b-rows tbody"), /rain/);
  },

  async "follows a link that the canvas has outgrown"({ page }) {
    const other = await another(page);
    await other.goto(`${CANVAS}?param.kind=snow&param.zzz=1&param.long=short#b-rows`);
    assert.match(await other.textContent(".ignored"), /Donau[^]*"short"[^]*no parameter "zzz"/);
    await other.waitForURL(/\?param\.kind=snow#b-rows$/);
    await drawn(other);
    assert.equal(await other.locator(".failed").count(), 0);
    await looksGood(other, "ignored");
    const refused = await other.goto(`${CANVAS}/blocks/rows?format=csv&param.zzz=1`);
    assert.equal(refused.status(), 422);
    await shot(other, "refused-1280-light");
    await other.click("main a:text('Back to')");
    await other.waitForSelector("#grid");
    await other.context().close();
  },

  async "prints all blocks, dark on light"({ page }) {
    const other = await another(page, { viewport: { width: 1280, height: 300 } });
    await other.goto(`${CANVAS}?param.kind=snow`);
    await other.click("[data-theme-switch]");
    await other.waitForSelector(".content:not(.waiting)");
    assert.ok(await other.locator(".content.waiting").count(), "some are far from the screen");
    const paper = await other.pdf({ format: "A4" });
    assert.equal(paper.subarray(0, 4).toString(), "%PDF");
    assert.equal(await other.locator(".content.waiting, [aria-busy=true]").count(), 0);
    await other.emulateMedia({ media: "print" });
    const colors = await other.evaluate(() => [document.body, document.querySelector("#b-rows td")].map((each) => getComputedStyle(each).color)
      .concat(getComputedStyle(document.documentElement).getPropertyValue("--impala-text")));
    assert.deepEqual(colors, ["rgb(27, 35, 48)", "rgb(27, 35, 48)", "#1f2328"]);
    for (const part of [".bar", ".tools", "#params"]) assert.equal(await other.isVisible(part), false, part);
    assert.equal(await other.textContent(".set"), "Weather: snow");
    assert.ok(await other.isVisible(".set"), "what is chosen is to be read on paper");
    await shot(other, "print");
    await other.context().close();
    const late = await another(page, { viewport: { width: 1280, height: 300 } });
    await late.goto(CANVAS);
    await late.waitForSelector(".content:not(.waiting)");
    await late.emulateMedia({ media: "print" });
    await late.waitForFunction(() => !document.querySelector(".content.waiting"));
    await late.context().close();
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

  async "sees one block at full size, with its values"({ page }) {
    await page.click("#b-over-time .menu summary");
    await page.click("#b-over-time .menu a:text('Full size')");
    await page.waitForURL("**only=over-time**");
    await drawn(page);
    assert.equal(await page.locator(".block").count(), 1);
    const [picture, rows] = await page.evaluate(() => [document.querySelector(".picture svg").clientHeight, document.querySelectorAll("tbody tr").length]);
    assert.ok(picture > 600 && rows > 9, `${picture} px, ${rows} rows`);
    await looksGood(page, "full-size");
    await page.click("a:text('All blocks')");
    await page.waitForURL(`**${CANVAS}?param.kind=snow`);
    await drawn(page);
  },

  async "has it refreshed by the clock, which stands in the address"({ page }) {
    const other = await another(page);
    await other.clock.install();
    await other.goto(CANVAS);
    await drawn(other);
    await other.selectOption("#refresh", "10");
    assert.match(other.url(), /[?&]refresh=10$/);
    await other.reload();
    assert.equal(await other.inputValue("#refresh"), "10");
    await drawn(other);
    const asked = other.waitForRequest(/\/blocks\?.*draw=[^&]*row-count/);
    await other.evaluate(() => document.getElementById("b-row-count").scrollIntoView());
    await other.clock.runFor(9_000);
    let isEarly = false;
    asked.then(() => { isEarly = true; });
    await other.evaluate(() => new Promise((go) => { requestIdleCallback(go); }));
    assert.equal(isEarly, false, "it waits for its time");
    await other.clock.runFor(2_000);
    await asked;
    await other.selectOption("#refresh", "");
    assert.doesNotMatch(other.url(), /refresh/);
    await other.context().close();
  },

  async "fills the screen, for a wall"({ page }) {
    await page.goto(CANVAS);
    await drawn(page);
    await page.click("#full-screen");
    await page.waitForFunction(() => document.fullscreenElement && document.body.classList.contains("wall"));
    for (const part of [".bar", ".block .menu", "#arrange"]) assert.equal(await page.locator(part).first().isVisible(), false, part);
    assert.ok(await page.isVisible("#live-state"), "that it is live is to be seen on a wall");
    await shot(page, "wall-1280-light", {});
    await page.keyboard.press("f");
    await page.waitForFunction(() => !document.fullscreenElement && !document.body.classList.contains("wall"));
    await page.goto(`${CANVAS}?view=wall&param.kind=snow`);
    await drawn(page);
    assert.equal(await page.isVisible(".bar"), false);
    assert.equal(await page.textContent(".set"), "Weather: snow");
    assert.ok(await page.isVisible(".set"), "what is chosen is to be read on a wall");
    await looksGood(page, "wall");
    await page.mouse.move(300, 300);
    await page.mouse.move(310, 310);
    await page.waitForSelector(".awake .leave");
    await page.click(".leave");
    await page.waitForURL(`**${CANVAS}?param.kind=snow`);
    assert.ok(await page.isVisible(".bar"));
    await page.goto(`${CANVAS}?view=wall`);
    await page.waitForSelector(".leave");
    await page.keyboard.press("Escape");
    await page.waitForURL(`**${CANVAS}`);
    assert.ok(await page.isVisible(".bar"));
  },

  async "shows all of it on a wall"({ page }) {
    const wall = await another(page, { reducedMotion: "reduce" });
    await wall.clock.install();
    await wall.goto(`${CANVAS}?view=wall`);
    await wall.waitForSelector(".leave");
    const height = await wall.$eval("#canvas", ({ offsetHeight }) => offsetHeight);
    // What nearly fits is made to fit.
    await wall.setViewportSize({ width: 1280, height: Math.round(height * 0.85) });
    await wall.waitForSelector("body.fits");
    const bottom = await wall.$eval("#canvas", (canvas) => canvas.getBoundingClientRect().bottom);
    assert.ok(bottom <= height * 0.85 + 1, `${bottom} of ${height}`);
    await drawn(wall);
    await shot(wall, "wall-fits-1280-light", {});
    // What does not is shown screen by screen, and from the start again.
    await wall.setViewportSize({ width: 1280, height: Math.round(height * 0.6) });
    await wall.waitForFunction(() => !document.body.matches(".fits"));
    const top = () => wall.evaluate(() => scrollY);
    // Its turn comes after eight seconds.
    const within = async (seconds, isSo) => {
      for (let second = 0; second < seconds; second += 1) {
        if (isSo(await top())) return true;
        await wall.clock.runFor(1_000);
      }
      return false;
    };
    await wall.evaluate(() => scrollTo(0, 0));
    assert.ok(await within(10, (at) => at > 0), "it goes on by itself");
    assert.ok(await wall.evaluate(() => Math.ceil(scrollY + innerHeight) >= document.documentElement.scrollHeight - 1), "to its end");
    assert.ok(await within(10, (at) => at === 0), "and begins again");
    await wall.context().close();
  },
};
