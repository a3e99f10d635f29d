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
      const before = all.filter(({ name }) => !/\/blocks\/|\/events$/.test(name));
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

  async "sees the page before a slow block"({ page }) {
    let release;
    await page.route("**/blocks/rows?*", async (route) => {
      await new Promise((go) => { release = go; });
      await route.continue();
    });
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll(".content:not(.waiting) svg").length >= 4);
    await page.locator("#b-rows").scrollIntoViewIfNeeded();
    assert.ok(await page.locator("#b-rows .content.waiting").count(), "the slow block still waits");
    const moving = () => page.evaluate(() => document.getAnimations().length);
    assert.ok(await moving(), "what waits is to be seen to wait");
    await page.emulateMedia({ reducedMotion: "reduce" });
    assert.equal(await moving(), 0, "nothing moves for those who do not want it");
    await page.emulateMedia({ reducedMotion: null });
    await page.waitForFunction(() => document.querySelector("#b-rows .content")?.cols > 0);
    release();
    await drawn(page);
    await page.unroute("**/blocks/rows?*");
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
    const asked = other.waitForRequest(/\/blocks\/row-count\?/);
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
    await page.goto(`${CANVAS}?view=wall`);
    await drawn(page);
    assert.equal(await page.isVisible(".bar"), false);
    await looksGood(page, "wall");
  },
};
