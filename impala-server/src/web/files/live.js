// What others save arrives by itself, as long as the page is open.
const state = document.getElementById("live-state");
const versions = new Map();

let events;

if (canvas.dataset.api && !canvas.hasAttribute("data-fixed")) {
  listen();
  // A browser has few connections to a server: pages that nobody sees hold none. What they missed comes with the next snapshot.
  document.addEventListener("visibilitychange", () => {
    if (events.isOver) return;
    if (document.hidden) events.close();
    else listen();
  });
}

function listen() {
  events = new EventSource(`${canvas.dataset.api}/events`);
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
  for (const last of ["project_deleted", "access_lost"]) {
    on(last, () => {
      events.close();
      events.isOver = true;
      end("You can no longer read this project.");
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
  const notice = document.createElement("p");
  notice.className = "notice warn";
  notice.textContent = text;
  canvas.prepend(notice);
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

async function saved({ etag, revision }) {
  // What this page is saving itself comes back here, perhaps before the answer.
  await canvas.saving;
  if (etag === canvas.dataset.etag || canvas.querySelector(".moving")) return;
  await takeTheirs();
  say(`${revision.saved_by} saved revision ${revision.revision}.`);
}

// Makes the page what is saved, block by block; what shows stays until what is new has come.
async function takeTheirs() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("canvas");
  if (!fresh) return;
  const focus = focused();
  canvas.dataset.etag = fresh.dataset.etag;
  for (const part of [".names", ".saved"]) {
    const [old, now] = [canvas.querySelector(part), fresh.querySelector(part)];
    if (old && now) old.replaceWith(now);
  }
  for (const field of fresh.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  for (const field of canvas.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  const grid = fresh.querySelector("#grid");
  for (const content of grid.querySelectorAll(".content[data-src]")) {
    const old = document.querySelector(`#${CSS.escape(content.closest(".block").id)} > .content`);
    if (!old?.cols) continue;
    content.replaceChildren(...old.childNodes);
    content.classList.remove("waiting");
  }
  restyle(page.getElementById("places").getAttribute("href"));
  document.getElementById("grid").replaceWith(grid);
  watchBlocks();
  arrangeAgain();
  focus?.();
}

// The new places count once their style sheet is here; until then the old ones do.
function restyle(address) {
  const old = document.getElementById("places");
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", id: "places", href: address });
  link.onload = () => old.remove();
  old.removeAttribute("id");
  old.after(link);
}

// Remembers what has the focus within a block, and gives it back.
function focused() {
  const block = document.activeElement?.closest?.(".block");
  const handle = document.activeElement?.dataset?.handle;
  if (!block) return undefined;
  return () => {
    const now = document.getElementById(block.id);
    now?.querySelector(handle ? `[data-handle=${handle}]` : "summary")?.focus();
  };
}
