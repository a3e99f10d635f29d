// Everything around a canvas: forms, history, reading without scripts, the dark scheme, the end.
import assert from "node:assert/strict";
import { CANVAS, another, api, drawn, isOnScreen, looksGood, ROUTE, saved, shot } from "../tools.mjs";

// What is pressed, and is smaller than so many pixels.
const small = (page, least) => page.$$eval("#canvas :is(button, select, summary, input), .bar :is(a, button):not(.crumbs a)", (all, px) => all
  .filter((one) => one.checkVisibility() && (one.offsetWidth < px || one.offsetHeight < px))
  .map((one) => `${one.outerHTML.slice(0, 80)}: ${one.offsetWidth} x ${one.offsetHeight}`), least);

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
    await page.click("tr:last-child th a");
    await page.waitForSelector(".notice:text('This is revision 1')");
    await looksGood(page, "earlier");
    await page.goBack();
    await page.setViewportSize({ width: 390, height: 844 });
    const button = page.locator("button:text('Restore')").first();
    await isOnScreen(page, "tr:last-child button:text('Restore')");
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

  async "opens what there is to open on a phone"({ page }) {
    const phone = await another(page, { viewport: { width: 390, height: 844 } });
    await phone.goto(CANVAS);
    await drawn(phone);
    assert.deepEqual(await small(phone, 44), [], "a finger finds each of them");
    for (const menu of [".tools .menu", "#b-over-time .menu", ".several"]) {
      await phone.click(`${menu} > summary`);
      await isOnScreen(phone, `${menu} > .card`);
      await shot(phone, `open-${menu.replaceAll(/\W+/g, "")}-390-light`, {});
      await phone.click(`${menu} > summary`);
    }
    await phone.goto("/ann/weather");
    await phone.click("summary:text('New canvas')");
    await isOnScreen(phone, "details.pop > .card");
    await phone.context().close();
    assert.deepEqual(await small(page, 24), [], "a pointer finds each of them");
  },

  async "reads it without scripts"({ page }) {
    const reader = await another(page, { javaScriptEnabled: false });
    await reader.goto(CANVAS);
    await reader.waitForURL("**all=1**");
    await reader.waitForSelector("#b-rows td");
    assert.ok((await reader.locator(".picture svg").count()) >= 4);
    await reader.setViewportSize({ width: 390, height: 844 });
    const [over, wide] = await reader.evaluate(() => [document.documentElement.scrollWidth - innerWidth,
      document.querySelector("#b-over-time svg").getBoundingClientRect().width]);
    assert.ok(over <= 0 && wide > 390, "on a phone a picture keeps its size, and can be scrolled");
    await shot(reader, "without-scripts-390-light");
    await reader.goto("/ann/weather");
    await reader.setInputFiles("#file", { name: "bad.csv", mimeType: "text/csv", buffer: Buffer.from("a,b\n1,2\n3\n") });
    await reader.click(".drop button[type=submit]");
    await reader.waitForSelector(".notice.bad:has-text('row 2')");
    await shot(reader, "refused-without-scripts-390-light");
    await reader.click("main a:text('Back')");
    await reader.waitForURL("**/ann/weather");
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
