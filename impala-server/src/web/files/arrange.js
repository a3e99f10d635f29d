// Moving and resizing blocks: with the pointer or the arrow keys where they stand in their grid, and with buttons where a
// small screen stacks them. There a block goes before or behind its neighbour in reading order, and becomes higher or lower.
const ROW_PX = 24;
const COLUMNS = 24;
const STEP_ROWS = 2;
const HANDLES = { size: "Resize", move: "Move" };
const STEPS = { up: "Up", down: "Down", shorter: "Shorter", taller: "Taller" };

function toggle() {
  const isOn = canvas.classList.toggle("arranging");
  arrange.setAttribute("aria-pressed", String(isOn));
  arrange.textContent = isOn ? "Done" : "Arrange";
  if (!isOn && task) save();
  again();
  if (!isOn) return;
  say(isStacked() ? "Each block has buttons that move it up and down, and make it shorter or taller."
    : "Each block has a handle that moves it and one that resizes it: use the arrow keys or drag.");
}

function again() {
  const isOn = canvas.classList.contains("arranging");
  for (const block of blocks()) {
    for (const part of block.querySelectorAll(".handle, .steps")) part.remove();
    if (isOn) equip(block);
  }
}

function equip(block) {
  const called = nameOf(block);
  const head = block.querySelector(".block-head");
  for (const [how, words] of Object.entries(HANDLES)) {
    const ariaLabel = `${words} ${called}: arrow keys`;
    head.prepend(make("button", { type: "button", className: `handle ${how}`, ariaLabel }));
    head.firstChild.dataset.handle = how;
  }
  const steps = make("div", { className: "steps" });
  for (const [step, word] of Object.entries(STEPS)) {
    // A stacked text is as high as it has to be.
    if (block.matches(".text") && (step === "shorter" || step === "taller")) continue;
    steps.append(make("button", { type: "button", textContent: word, ariaLabel: `${word}: ${called}` }));
    steps.lastChild.dataset.step = step;
  }
  head.after(steps);
}

canvas.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".handle");
  if (!handle || event.button !== 0) return;
  event.preventDefault();
  handle.focus();
  handle.setPointerCapture(event.pointerId);
  const block = handle.closest(".block");
  const start = placeOf(block);
  const column = document.getElementById("grid").clientWidth / COLUMNS;
  const [left, top] = [event.pageX, event.pageY];
  const at = (now) => [Math.round((now.pageX - left) / column), Math.round((now.pageY - top) / ROW_PX)];
  const move = (now) => to(block, changed(start, handle.dataset.handle, ...at(now)));
  const stop = (keep) => {
    handle.removeEventListener("pointermove", move);
    document.removeEventListener("keydown", escape, true);
    if (keep) save();
    else revert();
  };
  const escape = (key) => { if (key.key === "Escape") stop(false); };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", () => stop(true), { once: true });
  handle.addEventListener("pointercancel", () => stop(false), { once: true });
  document.addEventListener("keydown", escape, true);
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

canvas.addEventListener("keydown", (event) => {
  const handle = event.target.closest(".handle");
  const block = handle?.closest(".block");
  if (handle && ARROWS[event.key]) {
    event.preventDefault();
    const place = changed(shownPlaceOf(block), handle.dataset.handle, ...ARROWS[event.key]);
    to(block, place);
    say(handle.dataset.handle === "move" ? `column ${place.x + 1}, row ${place.y + 1}` : `${place.w} wide, ${place.h} high`);
    saveSoon();
  } else if (event.key === "Escape" && task) {
    revert();
    say("As it was.");
  } else if (event.key === "Enter" && block && task) {
    event.preventDefault();
    save();
  }
});

canvas.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const [id, step] = [idOf(button.closest(".block")), button.dataset.step];
  // The next step is based on what is being saved.
  await canvas.saving;
  const block = blockOf(id);
  if (!block || !stepped(block, step)) return say(step === "up" ? "It is the first." : "It is the last.");
  task = stepsTask([...(task?.steps ?? []), [id, step]]);
  const index = inOrder().indexOf(block) + 1;
  say(step in { up: 1, down: 1 } ? `${index} of ${blocks().length}` : `${shownPlaceOf(block).h} rows high`);
  saveSoon();
});

// One step; false at the edge.
function stepped(block, step) {
  const order = inOrder();
  const index = order.indexOf(block);
  const place = shownPlaceOf(block);
  const rows = { shorter: -STEP_ROWS, taller: STEP_ROWS }[step];
  if (rows) preview(new Map([[block, changed(place, "size", 0, rows)]]), shownPlaceOf);
  else if (step === "up" && index > 0) overtake(block, order[index - 1]);
  else if (step === "down" && index + 1 < order.length) overtake(order[index + 1], block);
  else return false;
  reorder();
  return true;
}

// Puts a block before the one that it follows. Side by side they change places; otherwise the other one makes room.
function overtake(block, other) {
  const [from, before] = [shownPlaceOf(block), shownPlaceOf(other)];
  const places = new Map([[block, { ...from, y: before.y }]]);
  if (before.x + before.w <= from.x) {
    places.get(block).x = before.x;
    places.set(other, { ...before, x: from.x + from.w - before.w });
  }
  preview(places, shownPlaceOf);
}

function placeOf({ dataset }) {
  const [x, y, w, h] = dataset.at.split(" ").map(Number);
  return { x, y, w, h };
}

const shownPlaceOf = (block) => block.shown ?? placeOf(block);
const blockOf = (id) => document.getElementById(`b-${id}`);

function changed({ x, y, w, h }, how, columns, rows) {
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  if (how === "move") return { x: within(x + columns, 0, COLUMNS - w), y: Math.max(0, y + rows), w, h };
  return { x, y, w: within(w + columns, 1, COLUMNS - x), h: Math.max(1, h + rows) };
}

const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const inOrder = () => blocks().map((block) => ({ block, at: shownPlaceOf(block) }))
  .sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x).map(({ block }) => block);

// Shows blocks at their new places, and those in their way pushed down, as the server will.
function preview(places, of) {
  const settled = [...places].map(([block, at]) => ({ block, at }));
  for (const { block } of settled) block.classList.add("moving");
  const others = blocks().filter((each) => !places.has(each)).map((each) => ({ block: each, at: { ...of(each) } }));
  others.sort((a, b) => a.at.y - b.at.y || a.at.x - b.at.x);
  for (const each of others) {
    for (;;) {
      const below = settled.filter((other) => overlap(other.at, each.at)).map((other) => other.at.y + other.at.h);
      if (!below.length) break;
      each.at.y = Math.max(...below);
    }
    settled.push(each);
  }
  for (const each of settled) put(each.block, each.at);
}

function put(block, at) {
  block.shown = at;
  block.style.gridArea = `${at.y + 1} / ${at.x + 1} / span ${at.h} / span ${at.w}`;
  block.style.setProperty("--h", at.h);
}

// Keyboard and screen readers go through the blocks in their visible order.
function reorder() {
  const order = inOrder();
  if (order.every((block, index) => blocks()[index] === block)) return;
  const focus = focused();
  document.getElementById("grid").append(...order);
  focus?.();
}
