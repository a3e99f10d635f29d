// What was arranged and is not saved yet: how it is sent, and how it is applied again on top of what someone else has saved.
let task;
let pause;

function to(block, place) {
  preview(new Map([[block, place]]), placeOf);
  const id = idOf(block);
  const redo = () => {
    if (!blockOf(id)) return tell("The block is gone.", "bad");
    return to(blockOf(id), place);
  };
  task = { redo, request: () => change("PATCH", `/blocks/${id}/place`, place) };
}

function stepsTask(steps) {
  const redo = () => {
    for (const [id, step] of steps) if (blockOf(id)) stepped(blockOf(id), step);
    task = stepsTask(steps);
  };
  return { steps, redo, request: saveAll };
}

function saveSoon() {
  clearTimeout(pause);
  pause = setTimeout(save, 700);
}

function revert() {
  clearTimeout(pause);
  task = undefined;
  for (const block of blocks()) {
    block.classList.remove("moving");
    put(block, placeOf(block));
    block.shown = undefined;
  }
  reorder();
  return canvas.isBehind ? takeTheirs() : undefined;
}

function save() {
  clearTimeout(pause);
  const isSame = (block) => Object.entries(placeOf(block)).every(([name, value]) => shownPlaceOf(block)[name] === value);
  if (!task || blocks().every(isSame)) return revert();
  const sent = task;
  task = undefined;
  return (canvas.saving = send(sent));
}

async function send(sent) {
  let response;
  try {
    response = await sent.request();
  } catch {
    revert();
    return tell("The server cannot be reached; all is where it was.", "bad");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return keep(answer);
  if (response.status === 412) return choose(sent, answer.current);
  revert();
  return tell(answer.detail ?? `The server answered ${response.status}; all is where it was.`, "bad");
}

function change(method, path, body) {
  const { api, slug, etag } = canvas.dataset;
  return fetch(`${api}/canvases/${slug}${path}`, {
    method,
    headers: {
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      "if-match": etag,
      "x-form-token": document.querySelector("meta[name=form-token]").content,
    },
    body: JSON.stringify(body),
  });
}

// Steps can move several blocks, which is one change: all of it counts, or nothing.
async function saveAll() {
  const { api, slug } = canvas.dataset;
  const response = await fetch(`${api}/canvases/${slug}`);
  if (!response.ok) return response;
  const saved = (await response.json()).canvas;
  for (const each of saved.spec.blocks) if (blockOf(each.id)) each.at = shownPlaceOf(blockOf(each.id));
  return change("PUT", "?note=moved%20blocks", saved);
}

// The saved state is the one that counts.
function keep({ etag, revision, canvas: saved }) {
  canvas.dataset.etag = etag;
  for (const field of canvas.querySelectorAll("input[name=etag]")) field.value = etag;
  for (const { id, at } of saved.spec.blocks) {
    const block = blockOf(id);
    if (!block) continue;
    block.dataset.at = `${at.x} ${at.y} ${at.w} ${at.h}`;
    block.classList.remove("moving");
    put(block, at);
    block.shown = undefined;
    const content = block.querySelector(".content");
    if (content?.cols && content.height !== undefined && content.height !== content.clientHeight) load(content);
    if (content) content.height = content.clientHeight;
  }
  reorder();
  const line = canvas.querySelector(".saved");
  if (line) line.textContent = `saved by ${revision.saved_by}, just now`;
  say("Saved.");
}

// Someone else saved first: theirs, or this move on top of theirs.
function choose(mine, current) {
  const what = current?.note ? ` (${current.note})` : "";
  const text = `${current?.saved_by ?? "Someone"} saved revision ${current?.revision ?? ""}${what} in the meantime. Your move is not saved yet.`;
  const offer = (textContent, className, act) => make("button", { type: "button", textContent, className, onclick() {
    dialog.close();
    act();
  } });
  const onTop = offer("Move it on top of theirs", "primary", async () => {
    await takeTheirs();
    mine.redo();
    return save();
  });
  const theirs = offer("Take theirs", "", async () => {
    canvas.isBehind = true;
    await revert();
    say("The canvas is as they saved it.");
  });
  const dialog = make("dialog", {}, make("h2", { id: "stale", textContent: "Someone else has saved" }),
    make("p", { textContent: text }), make("p", { className: "buttons" }, onTop, theirs));
  dialog.setAttribute("aria-labelledby", "stale");
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("cancel", revert);
  document.body.append(dialog);
  dialog.showModal();
}

arranger = { toggle, again };
toggle();
