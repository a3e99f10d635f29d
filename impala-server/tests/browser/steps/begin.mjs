// From registering to a source.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { PASSWORD, looksGood, shot, signInToApi } from "../tools.mjs";

const csv = process.argv[4];

export const steps = {
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
    await signInToApi();
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
    const outcome = await page.textContent(".outcome");
    assert.match(outcome, /column "b"/);
    assert.equal(outcome.match(/row 2/gi).length, 1, "it is said once");
    await looksGood(page, "project-refused");
  },

  async "sees how far an upload is, and can end it"({ page }) {
    const wire = await page.context().newCDPSession(page);
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 };
    await wire.send("Network.emulateNetworkConditions", slow);
    const buffer = Buffer.from(`a,b\n${"1,2\n".repeat(500_000)}`);
    await page.setInputFiles("#file", { name: "large.csv", mimeType: "text/csv", buffer });
    await page.click(".drop button[type=submit]");
    await page.waitForFunction(() => {
      const { value } = document.querySelector(".progress:not([hidden]) progress") ?? {};
      return value > 0 && value < 100;
    });
    assert.match(await page.textContent(".progress output"), /^\d+ %$/);
    await shot(page, "upload-progress-1280-light");
    await page.click(".progress button:text('Cancel')");
    await page.waitForSelector(".outcome :text('Cancelled; nothing was changed.')");
    await wire.send("Network.emulateNetworkConditions", { ...slow, uploadThroughput: -1 });
    await wire.detach();
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
};
