// What others save arrives by itself, as long as the page is open.
const state = document.getElementById("live-state");
const versions = new Map();

let events;

// What the blocks behind a share link show: the first word of it only tells what is there already.
let data;

// What ends the listening, and why.
const LAST = {
  project_deleted: "You can no longer read this project.",
  access_lost: "You can no longer read this project.",
  share_ended: "This link has ended, or whoever shared the canvas has paused it.",
};

if (canvas.dataset.events) {
  listen();
  // A browser has few connections to a server: pages that nobody sees hold none. What they missed comes with the next snapshot.
  document.addEventListener("visibilitychange", () => {
    if (events.isOver) return;
    if (document.hidden) events.close();
    else listen();
  });
}

function listen() {
  events = new EventSource(canvas.dataset.events);
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  events.onopen = () => show("live", true);
  events.onerror = () => show("offline", false);
  on("snapshot", ({ canvases, sources }) => {
    const mine = canvases.find((each) => each.canvas === canvas.dataset.slug);
    if (mine) saved(mine);
    sources.forEach(uploaded);
  });
  on("canvas_saved", (each) => { if (each.canvas === canvas.dataset.slug) saved(each); });
  on("canvas_deleted", (each) => { if (each.canvas === canvas.dataset.slug) end("This canvas has been deleted."); });
  on("source_version", uploaded);
  on("source_deleted", () => reload());
  // Behind a share link it is only told that there is something new.
  on("shared_canvas", seen);
  for (const [last, text] of Object.entries(LAST)) {
    on(last, () => {
      events.close();
      events.isOver = true;
      end(text);
    });
  }
}

function show(text, isOn) {
  state.hidden = false;
  state.textContent = text;
  state.classList.toggle("off", !isOn);
}

function end(text) {
  show("ended", false);
  canvas.prepend(make("p", { className: "notice warn", textContent: text }));
  say(text);
}

// The first word of a source only tells what the blocks show already.
function uploaded({ source, version, sha256 }) {
  const now = `${version} ${sha256}`;
  const before = versions.get(source);
  versions.set(source, now);
  if (before && before !== now) {
    reload();
    say(`There is a new version of ${source}.`);
  }
}

async function seen({ etag, data: now }) {
  const before = data;
  data = now;
  if (etag !== canvas.dataset.etag) await takeTheirs();
  else if (before && before !== now) reload();
  else return;
  say("The canvas has been updated.");
}

async function saved({ etag, revision }) {
  // What this page is saving itself comes back here, perhaps before the answer.
  await canvas.saving;
  if (etag === canvas.dataset.etag) return;
  if (canvas.querySelector(".moving")) {
    // Nothing is pulled from under a hand: it comes when what was moved is let go of, or saved, where a choice is offered.
    canvas.isBehind = true;
    return;
  }
  await takeTheirs();
  say(`${revision.saved_by} saved revision ${revision.revision}.`);
}

// Makes the page what is saved, block by block; what shows stays until what is new has come.
async function takeTheirs() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("canvas");
  if (!fresh) return;
  const focus = focused();
  canvas.isBehind = false;
  canvas.dataset.etag = fresh.dataset.etag;
  for (const part of [".names", ".saved"]) swap(fresh, part);
  // A form that is the same keeps what is being typed into it.
  if (shapeOf(canvas) !== shapeOf(fresh)) swap(fresh, "#params", (now) => canvas.querySelector(".canvas-head").after(now));
  swap(fresh, "details.warn", (now) => document.getElementById("grid").before(now));
  for (const field of fresh.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  for (const field of canvas.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  const grid = fresh.querySelector("#grid");
  const shown = new Map(blocks().map((block) => [block.id, block.querySelector(".content")]));
  document.getElementById("grid").replaceWith(grid);
  blocks().forEach(furnish);
  if (blocks().length) canvas.querySelector(".empty")?.remove();
  for (const block of blocks()) {
    const old = shown.get(block.id);
    const content = block.querySelector(".content:not(.drawn)");
    if (!content || !old || old.matches(".waiting")) continue;
    content.replaceChildren(...old.childNodes);
    content.classList.remove("waiting");
  }
  restyle(page.getElementById("places").getAttribute("href"));
  watchBlocks();
  arranger?.again();
  focus?.();
}

const shapeOf = (of) => [...of.querySelectorAll("#params :is(label, option, [name]:not([type=hidden]))")]
  .map(({ name, type, textContent }) => [name, type, textContent].join()).join();

// Puts what is new in place of what there was, or where `put` says.
function swap(fresh, selector, put) {
  const [old, now] = [canvas.querySelector(selector), fresh.querySelector(selector)];
  if (old && now) old.replaceWith(now);
  else if (now) put(now);
  else old?.remove();
}

// The new places count once their style sheet is here; until then the old ones do.
function restyle(address) {
  const old = document.getElementById("places");
  old.removeAttribute("id");
  old.after(make("link", { rel: "stylesheet", id: "places", href: address, onload: () => old.remove() }));
}

// Remembers what has the focus within a block, and gives it back.
function focused() {
  const block = document.activeElement?.closest?.(".block");
  const { handle, step } = document.activeElement?.dataset ?? {};
  const wanted = handle ? `[data-handle=${handle}]` : step ? `[data-step=${step}]` : "summary";
  if (!block) return undefined;
  return () => {
    const now = document.getElementById(block.id);
    now?.querySelector(wanted)?.focus();
  };
}
