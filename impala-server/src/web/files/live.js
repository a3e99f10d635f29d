// What others save arrives by itself, as long as the page is open.
const state = document.getElementById("live-state");
const versions = new Map();

let events;

// What the blocks behind a share link show: the first event only says what is there already.
let data;

// What ends the listening, and why.
const LAST = {
  project_deleted: "You can no longer read this project.",
  access_lost: "You can no longer read this project.",
  share_ended: "This link has ended, or has been paused.",
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
  // Behind a share link the event only says that there is something new.
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

// The first event of a source only says what the blocks show already.
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
    // Nothing moves under the pointer: it comes when the block is dropped, or saved, where a choice is offered.
    canvas.isBehind = true;
    return;
  }
  await takeTheirs();
  say(`${revision.saved_by} saved revision ${revision.revision}.`);
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
