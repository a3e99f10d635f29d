// A share link: what it shows, and how it ends.
import assert from "node:assert/strict";
import { CANVAS, PASSWORD, advance, drawn, elsewhere, looksGood, open, signInToApi } from "../tools.mjs";

export const steps = {
  async "shares it with someone who has not signed in"({ page }) {
    await page.goto(`${CANVAS}/shares`);
    await page.fill("#name", "Board");
    await page.click("main button:text('Make a link')");
    const link = await page.getAttribute("#share-link", "href");
    await looksGood(page, "shares-made");
    const reader = await open();
    await reader.goto(link);
    await drawn(reader);
    assert.ok((await reader.locator(".picture svg").count()) >= 4);
    assert.equal(await reader.locator("#arrange, a:text('Add block')").count(), 0);
    await looksGood(reader, "shared");
    await reader.waitForSelector("#live-state:text('live')");
    await elsewhere("PATCH", "/blocks/about", { title: "For everyone" });
    await reader.waitForSelector("#b-about h2:text('For everyone')");
    await page.click("button:text('Pause')");
    await page.waitForSelector("text=paused");
    await reader.waitForSelector(".notice:text('This link has ended')");
    assert.equal((await reader.goto(link)).status(), 404);
    await page.click("button:text('Resume')");
    await page.waitForSelector("td :text('open')");
    assert.equal((await reader.goto(link)).status(), 200);
    await page.click("button:text('Revoke')");
    await page.waitForFunction(() => !document.querySelector("main").textContent.includes("Board"));
    assert.equal((await reader.goto(link)).status(), 404);
    await reader.context().close();
  },

  async "shares it for a day"({ page }) {
    await page.goto(`${CANVAS}/shares`);
    await page.fill("#name", "For a day");
    await page.selectOption("#days", "1");
    await page.click("main button:text('Make a link')");
    const link = await page.getAttribute("#share-link", "href");
    const reader = await open();
    await advance(23);
    assert.equal((await reader.goto(link)).status(), 200);
    await advance(2);
    assert.equal((await reader.goto(link)).status(), 404);
    await page.goto(`${CANVAS}/shares`);
    await page.waitForSelector("td :text('ended')");
    await reader.context().close();
    await signInToApi();
  },
};
