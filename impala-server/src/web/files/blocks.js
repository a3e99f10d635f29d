// A canvas: its blocks are fetched when they come near the screen; parameters stand in the address.
"use strict";
const canvas = document.getElementById("canvas");

// Width of a column that pictures are made of, in pixels.
const COLUMN_PX = 8;

// Scripts that not every page needs.
const more = (name) => import(canvas.dataset[name]);

const say = (text) => { document.getElementById("live").textContent = text; };

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// Parameters that the addresses of blocks and files take over from the page's own: the preview that it is seen through, which earlier
// revision it is, and parameters.
const KEPT = "earlier" in canvas.dataset ? ["preview", "only", "revision"] : ["preview", "only"];
const isAsked = (name) => name.startsWith("param.") || KEPT.includes(name);

// What is chosen in the address, for each block's own address.
let parameters;

function readAddress(from) {
  // Parameters of a link that do not fit the canvas are reported once, and then left out.
  if ("given" in from.dataset) {
    const others = [...new URLSearchParams(location.search)].filter(([name]) => !name.startsWith("param."));
    history.replaceState(null, "", withQuery(new URLSearchParams([...others, ...new URLSearchParams(from.dataset.given)])));
    delete from.dataset.given;
  }
  parameters = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name, value]) => isAsked(name) && value));
}

const withQuery = (query) => location.pathname + (query.size ? `?${query}` : "") + location.hash;

const blocks = () => [...canvas.querySelectorAll(".block")];
const idOf = (block) => block.id.slice(2);
const nameOf = (block) => block.querySelector("h2")?.textContent ?? idOf(block);

function addressOf(block, options = {}) {
  const query = new URLSearchParams([...parameters, ...Object.entries(options)]);
  return `${canvas.dataset.base}/blocks/${idOf(block)}?${query}`;
}

// A block comes as its title and its place, so that a canvas of many is a small page; what else it needs is made here.
function furnish(block) {
  if (block.querySelector(".content")) return;
  const heading = block.querySelector("h2");
  const head = make("div", { className: "block-head" });
  if (heading) {
    heading.id = `t-${idOf(block)}`;
    block.setAttribute("aria-labelledby", heading.id);
    head.append(heading);
  } else block.ariaLabel = "Text";
  if ("edit" in canvas.dataset || !block.matches(".text")) {
    const summary = make("summary", { ariaLabel: `More about ${nameOf(block)}` });
    head.append(make("details", { className: "menu quiet" }, summary, make("div", { className: "card" }, make("ul"))));
  }
  const content = make("div", { className: "content waiting" }, make("span", { className: "skeleton", ariaHidden: "true" }));
  content.setAttribute("aria-busy", "true");
  block.append(head, content);
}

// Formats of a block, added to its menu when it is opened.
const FORMS = [["csv", "Data as CSV"], ["json", "Data as JSON"], ["svg", "Picture as SVG"], ["png", "Picture as PNG"],
  ["md", "Markdown"], ["text", "Text"], ["vega-lite", "Vega-Lite"], ["about", "Query and provenance"]];

canvas.addEventListener("toggle", ({ target: menu }) => {
  if (!menu.open || !menu.matches(".block .menu")) return;
  const block = menu.closest(".block");
  const query = new URLSearchParams([...parameters, ["only", idOf(block)]]);
  const full = block.matches(".text") || parameters.has("only") ? [] : [["Full size and values", `${canvas.dataset.base}?${query}`]];
  const links = "edit" in canvas.dataset ? [["Edit", `${canvas.dataset.base}/blocks/${idOf(block)}/edit`]] : [];
  links.push(...full);
  for (const [format, words] of block.matches(".text") ? [] : FORMS) {
    if (format !== "vega-lite" || block.matches(".chart")) links.push([words, addressOf(block, { format })]);
  }
  menu.querySelector("ul").replaceChildren(...links.map(([textContent, href]) => make("li", {}, make("a", { textContent, href }))));
}, true);


const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    load(target);
  }
}, { rootMargin: "500px" });

// Another width is another picture.
const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    reach(target);
    if (!target.cols || columnsOf(target) === target.cols) continue;
    clearTimeout(target.wait);
    target.wait = setTimeout(load, 200, target);
  }
});

// What is cut is reached by keys too.
function reach(content) {
  if (content.scrollHeight > content.clientHeight) content.tabIndex = 0;
  else content.removeAttribute("tabindex");
}

function columnsOf(content) {
  return Math.max(4, Math.floor(content.clientWidth / COLUMN_PX));
}

// Where a small screen has the blocks one below the other.
const isStacked = () => matchMedia("(max-width: 699px)").matches;

const contents = () => canvas.querySelectorAll(".content");

// What a block is, by a name that changes with it.
function nameStates({ children, dataset }) {
  dataset.states.split(" ").forEach((state, index) => { if (children[index]) children[index].state = state; });
}

function watch(block) {
  block.isWatched = true;
  furnish(block);
  const content = block.querySelector(".content");
  // What came with the page is drawn again only when it changes.
  if (!content.matches(".drawn")) near.observe(content);
  widths.observe(content);
}

// A block that is gone, or was replaced, asks for nothing any more.
function forget(block) {
  const content = block.querySelector(".content");
  clearTimeout(content.wait);
  near.unobserve(content);
  widths.unobserve(content);
  leave(content);
}

// Requests at once at most: a browser has six connections to a server, and listens on one of them.
const MOST_REQUESTS = 3;

const queue = new Set();
let requests = 0;
let asking;

// Blocks that are wanted at the same time are asked for in one request, which answers them as they are ready.
function load(content) {
  leave(content);
  content.cols = columnsOf(content);
  content.setAttribute("aria-busy", "true");
  queue.add(content);
  clearTimeout(asking);
  asking = setTimeout(ask);
}

// Queries that nobody waits for any more are cancelled.
function leave(content) {
  queue.delete(content);
  const { batch } = content;
  content.batch = undefined;
  if (batch?.waiting.delete(content) && !batch.waiting.size) batch.stop.abort();
}

function blocksAddress(asked) {
  const draw = [...asked].map((content) => [idOf(content.parentElement), content.cols, content.tag ?? []].flat().join("."));
  const stacked = isStacked() ? [["stacked", 1]] : [];
  return `${canvas.dataset.base}/blocks?${new URLSearchParams([...parameters, ...stacked, ["draw", draw]])}`;
}

async function ask() {
  if (!queue.size || requests >= MOST_REQUESTS) return;
  const batch = { waiting: new Set(queue), stop: new AbortController() };
  queue.clear();
  for (const content of batch.waiting) content.batch = batch;
  let fault = () => failure("The server cannot be reached.", "It is tried again when the page is refreshed.");
  requests += 1;
  try {
    const response = await fetch(blocksAddress(batch.waiting), { signal: batch.stop.signal });
    if (response.ok) for await (const line of linesOf(response.body)) take(batch, line);
    else fault = await problemOf(response);
  } catch {
    // Blocks that still wait show it.
  }
  requests -= 1;
  for (const content of [...batch.waiting]) fill(content, undefined, fault());
  ask();
}

async function* linesOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (let rest = ""; ;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

function take({ waiting }, line) {
  const { block, tag, html } = JSON.parse(line);
  const content = [...waiting].find((each) => idOf(each.parentElement) === block);
  if (content) fill(content, tag, html);
}

// Nothing comes for what is shown already.
function fill(content, tag, html) {
  leave(content);
  content.tag = tag;
  if (typeof html === "string") content.innerHTML = html;
  else if (html) content.replaceChildren(html);
  content.height = content.clientHeight;
  content.classList.remove("waiting");
  content.removeAttribute("aria-busy");
  reach(content);
}

async function problemOf(response) {
  if (response.status === 401) return () => failure("The session has ended.", "", `/login?next=${encodeURIComponent(location.pathname)}`);
  const problem = await response.json().catch(() => ({}));
  return () => failure(problem.detail ?? `The server answered ${response.status}.`, "");
}

function failure(what, more, href) {
  const line = make("p", { textContent: `${what} ${more}`.trim() });
  if (href) line.append(make("a", { href, textContent: " Sign in again" }));
  return make("div", { className: "failed" }, line);
}

// Those on screen now, the others when they come near.
function reload() {
  for (const content of contents()) {
    near.unobserve(content);
    near.observe(content);
  }
}

// Paper shows all blocks and waits for none, so those that are missing are waited for here.
function complete() {
  const missing = [...contents()].filter((content) => content.matches(".waiting, [aria-busy]"));
  if (!missing.length) return;
  for (const content of missing) content.cols = columnsOf(content);
  const request = new XMLHttpRequest();
  request.open("GET", blocksAddress(missing), false);
  try {
    request.send();
  } catch {
    return;
  }
  if (request.status !== 200) return;
  for (const line of request.responseText.trim().split("\n")) take({ waiting: missing }, line);
}

addEventListener("beforeprint", complete);
matchMedia("print").addEventListener("change", ({ matches }) => { if (matches) complete(); });

// The form of the parameters: not every canvas has one, and a new revision can add another.
const form = () => document.getElementById("params");

// Refreshing by the clock, for sources that change without an event.
let clock;

function refreshEvery(seconds) {
  clearInterval(clock);
  if (seconds > 0) clock = setInterval(() => { if (!document.hidden) reload(); }, Math.max(5, seconds) * 1000);
}

document.getElementById("refresh")?.addEventListener("change", (event) => {
  const url = new URL(location.href);
  url.searchParams.delete("refresh");
  if (event.target.value) url.searchParams.set("refresh", event.target.value);
  history.replaceState(null, "", url);
  if (form()) {
    form().querySelector("input[name=refresh]")?.remove();
    form().append(make("input", { type: "hidden", name: "refresh", value: event.target.value }));
  }
  refreshEvery(Number(event.target.value));
});

// The whole screen, for a wall: the script for it is loaded when needed.
const wall = async () => (await more("wall")).toggle();

document.getElementById("full-screen")?.addEventListener("click", wall);
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "f" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) wall();
});
if (document.body.matches(".wall")) more("wall");

// What others have saved. A newer server no longer has that script, but another page.
async function takeTheirs(options) {
  const theirs = await more("theirs").catch(() => location.reload());
  await theirs?.takeTheirs(options);
}

// Few readers arrange blocks: the script for it is loaded when they begin.
let arranger;
const arrange = document.getElementById("arrange");
arrange?.addEventListener("click", () => {
  if (arranger) return arranger.toggle();
  const onerror = () => tell("The server cannot be reached; nothing can be arranged now.", "bad");
  const onload = () => document.head.append(make("script", { src: arrange.dataset.script, onerror }));
  return document.head.append(make("link", { rel: "stylesheet", href: arrange.dataset.style, onload, onerror }));
});

function tell(text, kind) {
  const notice = make("p", { className: `notice ${kind}`, role: "alert", textContent: text });
  canvas.querySelector(".canvas-head").after(notice);
  setTimeout(() => notice.remove(), 15000);
}

readAddress(canvas);
nameStates(document.getElementById("grid"));
blocks().forEach(watch);
if (form()) more("params");
refreshEvery(Number(canvas.dataset.refresh ?? 0));
