// Moving and resizing blocks, and what happens when someone else saved first.
import assert from "node:assert/strict";
import { CANVAS, accessible, another, drawn, elsewhere, place, saved, shot } from "../tools.mjs";

export const steps = {
  async "moves a block with the keyboard"({ page }) {
    await page.click("#arrange");
    const [x, y, w, h] = await place(page, "rows");
    await page.focus("#b-rows [data-handle=size]");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#b-rows").dataset.at.split(" ")[2] === "22");
    assert.deepEqual(await place(page, "rows"), [x, y, w - 2, h]);
    await accessible(page, "a canvas that is being arranged");
    await shot(page, "arrange-1280-light");
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
    await page.waitForFunction((was) => document.querySelector("#b-rows").dataset.at.split(" ")[0] !== String(was), x);
    const moved = await place(page, "rows");
    assert.deepEqual(moved.slice(0, 3), [x + 2, y + 1, w]);
    await page.reload();
    assert.deepEqual(await place(page, "rows"), moved, "it is saved");
  },

  async "moves blocks on a phone, where they stand one below the other"({ page }) {
    const phone = await another(page, { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: "dark", reducedMotion: "reduce" });
    await phone.goto(CANVAS);
    await drawn(phone);
    await phone.tap("#arrange");
    await phone.waitForSelector("#b-row-count .steps");
    assert.equal(await phone.locator(".handle").first().isVisible(), false);
    const order = () => phone.$$eval(".block", (blocks) => blocks.map(({ id }) => id.slice(2)));
    const small = await phone.$$eval(".steps button", (buttons) => buttons.filter((each) => each.offsetHeight < 44).length);
    assert.equal(small, 0, "a finger finds each of them");
    await accessible(phone, "a canvas that is being arranged at 390 px, dark");
    await shot(phone, "arrange-390-dark");
    const before = await order();
    const [first, second] = before;
    await phone.tap(`#b-${second} [data-step=up]`);
    await phone.waitForFunction((id) => document.querySelector(".block").id === id, `b-${second}`);
    assert.deepEqual(await order(), [second, first, ...before.slice(2)]);
    assert.ok(await phone.evaluate((id) => document.activeElement.closest(".block")?.id === id, `b-${second}`), "the focus stays");
    await phone.waitForFunction(() => document.getElementById("live").textContent === "Saved.");
    const [above, below] = [await saved(second), await saved(first)];
    assert.ok(above.at.y < below.at.y || (above.at.y === below.at.y && above.at.x < below.at.x), "it is saved");
    await phone.tap(`#b-${second} [data-step=down]`);
    await phone.waitForFunction((id) => document.querySelector(".block").id === id, `b-${first}`);
    await phone.waitForFunction(() => document.getElementById("live").textContent === "Saved.");
    // And by the keyboard, which phones can have too.
    const { at: { h } } = await saved("rows");
    await phone.focus("#b-rows [data-step=taller]");
    await phone.keyboard.press("Enter");
    await phone.keyboard.press("Enter");
    await phone.waitForFunction((was) => document.getElementById("b-rows").dataset.at.endsWith(` ${was + 4}`), h);
    assert.equal((await saved("rows")).at.h, h + 4);
    await phone.context().close();
  },
};

export const others = {
  async "sees what another client saves, at once"({ page }) {
    await page.waitForSelector("#live-state:text('live')");
    await drawn(page);
    await elsewhere("POST", "/blocks", { id: "hello", type: "text", markdown: "Hello from **elsewhere**" });
    // What stands below what is seen is fetched when it comes near.
    await page.locator("#b-hello").scrollIntoViewIfNeeded();
    await page.waitForSelector("#b-hello :text('elsewhere')");
    assert.match(await page.textContent("#live"), /ann saved revision/);
  },

  async "fetches only the block that someone else has changed"({ page }) {
    await page.evaluate(() => scrollTo(0, 0));
    await drawn(page);
    const asked = [];
    const note = (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname.includes("/blocks")) asked.push(...(searchParams.get("draw") ?? pathname).split(","));
    };
    page.on("request", note);
    // Whatever a change would ask for by a detour is asked for within the 200 ms that a change of width is given.
    const settled = async (text) => {
      await page.waitForFunction((wanted) => document.getElementById("live").textContent.includes(wanted), text);
      await drawn(page);
      await page.evaluate(() => new Promise((go) => { setTimeout(go, 300); }));
      return asked.splice(0).map((each) => each.split(".").slice(0, 1)[0]);
    };
    const revision = async (change) => `revision ${(await change).revision.revision}`;
    assert.deepEqual(await settled(await revision(elsewhere("PATCH", "/blocks/row-count", { title: "Days" }))), ["row-count"]);
    await page.waitForSelector("#b-row-count h2:text('Days')");
    const text = { id: "brief", type: "text", markdown: "Not for long" };
    await elsewhere("POST", "/blocks", text);
    await page.locator("#b-brief").scrollIntoViewIfNeeded();
    await page.waitForSelector("#b-brief :text('Not for long')");
    await drawn(page);
    assert.deepEqual(asked.splice(0).map((each) => each.split(".")[0]), ["brief"]);
    assert.deepEqual(await settled(await revision(elsewhere("DELETE", "/blocks/brief"))), []);
    assert.equal(await page.locator("#b-brief").count(), 0);
    page.off("request", note);
  },

  async "catches up on what it missed while nobody saw it"({ page }) {
    const hide = (isHidden) => page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
    await hide(true);
    await elsewhere("PATCH", "/blocks/hello", { markdown: "Hello **again**" });
    await hide(false);
    await page.waitForFunction(() => {
      const block = document.getElementById("b-hello");
      // What is far from the screen is fetched when it comes near.
      block.scrollIntoView();
      return block.textContent.includes("again");
    });
  },

  async "is not disturbed while moving, and sees theirs when letting go"({ page }) {
    await page.click("#arrange");
    const before = await place(page, "over-time");
    const handle = page.locator("#b-over-time [data-handle=move]");
    await handle.scrollIntoViewIfNeeded();
    const { x, y } = await handle.boundingBox();
    await page.mouse.move(x + 8, y + 8);
    await page.mouse.down();
    await page.mouse.move(x + 8, y + 108, { steps: 3 });
    await elsewhere("PATCH", "/blocks/over-time", { title: "Theirs in between" });
    await page.waitForFunction(() => document.getElementById("canvas").isBehind);
    assert.equal(await page.locator("h2:text('Theirs in between')").count(), 0);
    await page.keyboard.press("Escape");
    await page.waitForSelector("#b-over-time h2:text('Theirs in between')");
    await page.mouse.up();
    assert.deepEqual(await place(page, "over-time"), before);
    await page.click("#arrange");
  },

  async "chooses when someone else was faster"({ page }) {
    await page.click("#arrange");
    await page.focus("#b-hello [data-handle=size]");
    await page.keyboard.press("ArrowDown");
    await elsewhere("PATCH", "/blocks/about", { title: "Theirs" });
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open]");
    await accessible(page, "the choice");
    await shot(page, "choice-1280-light", {});
    const [, , , h] = await place(page, "hello");
    await page.click("dialog button:text('Move it on top of theirs')");
    await page.waitForFunction((was) => document.querySelector("#b-hello").dataset.at.endsWith(` ${was + 1}`), h);
    assert.equal((await saved("about")).title, "Theirs");
    assert.equal((await saved("hello")).at.h, h + 1);
  },

  async "takes what the other has saved instead"({ page }) {
    const [x, y, w, h] = await place(page, "hello");
    await page.focus("#b-hello [data-handle=size]");
    await page.keyboard.press("ArrowDown");
    await elsewhere("PATCH", "/blocks/about", { title: "Theirs again" });
    await page.keyboard.press("Enter");
    await page.click("dialog button:text('Take theirs')");
    await page.waitForSelector("#b-about h2:text('Theirs again')");
    assert.deepEqual(await place(page, "hello"), [x, y, w, h]);
    assert.equal((await saved("hello")).at.h, h);
    await page.click("#arrange");
  },

  async "sees it in a form too"({ page }) {
    await page.goto(`${CANVAS}/blocks/hello/edit`);
    await page.fill("textarea", "Hello from *here*");
    await elsewhere("PATCH", "/blocks/hello", { markdown: "Hello from *there*" });
    await page.click("main button:text('Save')");
    await page.waitForSelector(".notice.bad:has-text('saved')");
    await accessible(page, "a form that is stale");
    await shot(page, "stale-form-1280-light");
    assert.equal(await page.inputValue("textarea"), "Hello from *here*", "nothing that was typed is lost");
    await page.click("main button:text('Save over it')");
    await page.waitForURL(`**${CANVAS}*`);
    assert.equal((await saved("hello")).markdown, "Hello from *here*");
  },
};
