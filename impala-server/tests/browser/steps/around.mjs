// Everything around a canvas: forms, history, reading without scripts, the dark scheme, the end.
import assert from "node:assert/strict";
import { CANVAS, another, api, looksGood, ROUTE, saved } from "../tools.mjs";

export const steps = {
  async "edits a block by its form"({ page }) {
    await page.goto(`${CANVAS}/blocks/row-count/edit`);
    await looksGood(page, "edit");
    await page.fill("#title", "How many days");
    await page.click("main button:text('Save')");
    await page.waitForSelector("#b-row-count h2:text('How many days')");
  },

  async "goes back to how it was, by its history"({ page }) {
    await page.goto(`${CANVAS}/history`);
    await page.setViewportSize({ width: 390, height: 844 });
    const button = page.locator("button:text('Restore')").first();
    const { x, width } = await button.boundingBox();
    assert.ok(x >= 0 && x + width <= 390, "the button is to be seen on a phone");
    await page.setViewportSize({ width: 1280, height: 800 });
    const { revision } = await api("GET", ROUTE);
    await button.click();
    await page.waitForURL(`**${CANVAS}`);
    await page.waitForSelector("#b-row-count");
    assert.notEqual((await saved("row-count")).title, "How many days");
    assert.equal((await api("GET", ROUTE)).revision.revision, revision.revision + 1);
  },

  async "has a history, and can read the document"({ page }) {
    for (const [name, route] of [["history", "/history"], ["document", "/edit"], ["add", "/add"], ["about", "/blocks/over-time?format=about"], ["shares", "/shares"]]) {
      await page.goto(CANVAS + route);
      await looksGood(page, name);
    }
    await page.goto("/account");
    await looksGood(page, "account");
  },

  async "reads it without scripts"({ page }) {
    const reader = await another(page, { javaScriptEnabled: false });
    await reader.goto(CANVAS);
    await reader.waitForURL("**all=1**");
    await reader.waitForSelector("#b-rows td");
    assert.ok((await reader.locator(".picture svg").count()) >= 4);
    await reader.context().close();
  },
};

export const end = {
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
