// The page in a real browser, from registering to a share link that is opened without signing in. `tests/api/browser.rs`
// starts the server and this:
//
//     node page.mjs URL FOLDER_OF_NODE_MODULES CSV [FOLDER_FOR_SCREENSHOTS]
//
// Says each step on a line, figures on lines that begin with two spaces, and ends with 1 and what was wrong at the first that
// fails. A line `advance N hours` asks the test to move the clock of the server, and waits for a line.
import assert from "node:assert/strict";

import { steps as arrange, others } from "./steps/arrange.mjs";
import { steps as around, end } from "./steps/around.mjs";
import { steps as begin } from "./steps/begin.mjs";
import { steps as canvas, more } from "./steps/canvas.mjs";
import { steps as hostile } from "./steps/hostile.mjs";
import { steps as share } from "./steps/share.mjs";
import { browser, faults, open } from "./tools.mjs";

try {
  const page = await open();
  const steps = { ...begin, ...canvas, ...arrange, ...others, ...more, ...around, ...share, ...hostile, ...end };
  for (const [name, step] of Object.entries(steps)) {
    console.log(name);
    await step({ page });
    assert.deepEqual(faults, [], `nothing goes wrong while someone ${name}`);
  }
} catch (error) {
  console.log(`FAILED: ${error.stack ?? error}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  process.stdin.destroy();
}
