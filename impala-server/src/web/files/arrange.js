// Moving and resizing blocks, with the pointer or the arrow keys. Each change is saved over the state that it was made on.
const ROW_PX = 24;
const COLUMNS = 24;
const button = document.getElementById("arrange");

button?.addEventListener("click", () => {
  const isOn = canvas.classList.toggle("arranging");
  button.setAttribute("aria-pressed", String(isOn));
  button.textContent = isOn ? "Done" : "Arrange";
  arrangeAgain();
  if (isOn) say("Each block has a handle that moves it and one that resizes it: use the arrow keys or drag.");
});

function arrangeAgain() {
  const isOn = canvas.classList.contains("arranging");
  for (const block of blocks()) {
    for (const handle of block.querySelectorAll(".handle")) handle.remove();
    if (!isOn) continue;
    const called = block.querySelector(".block-head h2")?.textContent ?? block.dataset.block;
    for (const [how, words] of [["size", "Resize"], ["move", "Move"]]) {
      const handle = document.createElement("button");
      Object.assign(handle, { type: "button", className: `handle ${how}`, ariaLabel: `${words} ${called}: arrow keys` });
      handle.dataset.handle = how;
      block.querySelector(".block-head").prepend(handle);
    }
  }
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
  const move = (now) => preview(block, changed(start, handle.dataset.handle, ...at(now)));
  const stop = (keep) => {
    handle.removeEventListener("pointermove", move);
    document.removeEventListener("keydown", escape, true);
    if (keep) save(block);
    else revert();
  };
  const escape = (key) => { if (key.key === "Escape") stop(false); };
  handle.addEventListener("pointermove", move);
  handle.addEventListener("pointerup", () => stop(true), { once: true });
  handle.addEventListener("pointercancel", () => stop(false), { once: true });
  document.addEventListener("keydown", escape, true);
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
let pause;

canvas.addEventListener("keydown", (event) => {
  const handle = event.target.closest(".handle");
  if (!handle) return;
  const block = handle.closest(".block");
  if (ARROWS[event.key]) {
    event.preventDefault();
    const to = changed(shownPlaceOf(block), handle.dataset.handle, ...ARROWS[event.key]);
    preview(block, to);
    say(handle.dataset.handle === "move" ? `column ${to.x + 1}, row ${to.y + 1}` : `${to.w} wide, ${to.h} high`);
    clearTimeout(pause);
    pause = setTimeout(save, 700, block);
  } else if (event.key === "Escape" && block.classList.contains("moving")) {
    clearTimeout(pause);
    revert();
    say("As it was.");
  } else if (event.key === "Enter" && block.classList.contains("moving")) {
    event.preventDefault();
    clearTimeout(pause);
    save(block);
  }
});

function placeOf({ dataset }) {
  return { x: Number(dataset.x), y: Number(dataset.y), w: Number(dataset.w), h: Number(dataset.h) };
}

const shownPlaceOf = (block) => block.shown ?? placeOf(block);

function changed({ x, y, w, h }, how, columns, rows) {
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  if (how === "move") return { x: within(x + columns, 0, COLUMNS - w), y: Math.max(0, y + rows), w, h };
  return { x, y, w: within(w + columns, 1, COLUMNS - x), h: Math.max(1, h + rows) };
}

const blocks = () => [...canvas.querySelectorAll(".block")];
const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

// Shows a block at a place, and those in its way pushed down, as the server will.
function preview(block, to) {
  block.classList.add("moving");
  const settled = [{ block, to }];
  const others = blocks().filter((each) => each !== block).map((each) => ({ block: each, to: placeOf(each) }));
  others.sort((a, b) => a.to.y - b.to.y || a.to.x - b.to.x);
  for (const each of others) {
    for (;;) {
      const below = settled.filter((other) => overlap(other.to, each.to)).map((other) => other.to.y + other.to.h);
      if (!below.length) break;
      each.to.y = Math.max(...below);
    }
    settled.push(each);
  }
  for (const each of settled) put(each.block, each.to);
}

function put(block, to) {
  block.shown = to;
  block.style.gridArea = `${to.y + 1} / ${to.x + 1} / span ${to.h} / span ${to.w}`;
}

function revert() {
  for (const block of blocks()) {
    block.classList.remove("moving");
    block.style.gridArea = "";
    block.shown = undefined;
  }
}

function save(block) {
  const [from, to] = [placeOf(block), shownPlaceOf(block)];
  if (["x", "y", "w", "h"].every((name) => from[name] === to[name])) return revert();
  return (canvas.saving = send(block, to));
}

async function send(block, to) {
  const { api, slug, etag } = canvas.dataset;
  let response;
  try {
    response = await fetch(`${api}/canvases/${slug}/blocks/${block.dataset.block}/place`, {
      method: "PATCH",
      headers: {
        "content-type": "application/merge-patch+json",
        "if-match": etag,
        "x-form-token": document.querySelector("meta[name=form-token]").content,
      },
      body: JSON.stringify(to),
    });
  } catch {
    revert();
    return tellOf("The server cannot be reached; the block is where it was.");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) keep(answer);
  else if (response.status === 412) choose(block.dataset.block, to, answer.current);
  else {
    revert();
    tellOf(answer.detail ?? `The server answered ${response.status}; the block is where it was.`);
  }
}

// What the server has saved is what counts.
function keep({ etag, revision, canvas: saved }) {
  canvas.dataset.etag = etag;
  for (const field of canvas.querySelectorAll("input[name=etag]")) field.value = etag;
  for (const { id, at } of saved.spec.blocks) {
    const block = canvas.querySelector(`[data-block="${CSS.escape(id)}"]`);
    if (!block) continue;
    Object.assign(block.dataset, at);
    block.classList.remove("moving");
    put(block, at);
    block.style.setProperty("--h", at.h);
    const content = block.querySelector(".content[data-src]");
    if (content?.cols && content.height !== undefined && content.height !== content.clientHeight) load(content);
    if (content) content.height = content.clientHeight;
  }
  const line = canvas.querySelector(".saved");
  if (line) line.textContent = `saved by ${revision.saved_by}, just now`;
  say("Saved.");
}

// Someone else was faster: theirs, or this move on top of theirs.
function choose(id, to, current) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "stale");
  const title = dialog.appendChild(document.createElement("h2"));
  Object.assign(title, { id: "stale", textContent: "Someone else has saved" });
  const text = dialog.appendChild(document.createElement("p"));
  const what = current?.note ? ` (${current.note})` : "";
  text.textContent = `${current?.saved_by ?? "Someone"} saved revision ${current?.revision ?? ""}${what} in the meantime. Your move is not saved yet.`;
  const buttons = dialog.appendChild(document.createElement("p"));
  buttons.className = "buttons";
  const offer = (words, kind, act) => {
    const each = buttons.appendChild(document.createElement("button"));
    Object.assign(each, { type: "button", textContent: words, className: kind });
    each.onclick = () => {
      dialog.close();
      act();
    };
  };
  offer("Move it on top of theirs", "primary", async () => {
    await takeTheirs();
    const block = canvas.querySelector(`[data-block="${CSS.escape(id)}"]`);
    if (!block) return tellOf("The block is gone.");
    preview(block, to);
    return save(block);
  });
  offer("Take theirs", "", async () => {
    revert();
    await takeTheirs();
    say("The canvas is as they saved it.");
  });
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("cancel", revert);
  document.body.append(dialog);
  dialog.showModal();
}

function tellOf(text) {
  const notice = document.createElement("p");
  notice.className = "notice bad";
  notice.setAttribute("role", "alert");
  notice.textContent = text;
  canvas.querySelector(".canvas-head").after(notice);
  setTimeout(() => notice.remove(), 15000);
}
