// A canvas: its blocks are fetched one by one, those near the screen first; parameters stand in the address.
"use strict";
const canvas = document.getElementById("canvas");

// Width of a column that pictures are made of, in pixels.
const COLUMN_PX = 8;

const say = (text) => { document.getElementById("live").textContent = text; };

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// What the addresses of blocks and files take over from the page's own: the preview that it is seen through, which earlier
// revision it is, and parameters.
const KEPT = "earlier" in canvas.dataset ? ["preview", "revision"] : ["preview"];
const isAsked = (name) => name.startsWith("param.") || KEPT.includes(name);

// What is chosen in the address, for each block's own address.
let parameters = parametersOf(location.search);

function parametersOf(query) {
  return new URLSearchParams([...new URLSearchParams(query)].filter(([name, value]) => isAsked(name) && value));
}

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

// What a block can be had as, put into its menu when it is opened.
const FORMS = [["csv", "Data as CSV"], ["json", "Data as JSON"], ["svg", "Picture as SVG"], ["png", "Picture as PNG"],
  ["md", "Markdown"], ["text", "Text"], ["vega-lite", "Vega-Lite"], ["about", "Query and provenance"]];

canvas.addEventListener("toggle", ({ target: menu }) => {
  if (!menu.open || !menu.matches(".block .menu")) return;
  const block = menu.closest(".block");
  const links = "edit" in canvas.dataset ? [["Edit", `${canvas.dataset.base}/blocks/${idOf(block)}/edit`]] : [];
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

const contents = () => canvas.querySelectorAll(".content");

function watchBlocks() {
  blocks().forEach(furnish);
  for (const content of contents()) {
    // What came with the page is drawn anew only when it changes.
    if (!content.matches(".drawn")) near.observe(content);
    widths.observe(content);
  }
}

async function load(content) {
  const turn = (content.turn = {});
  content.cols = columnsOf(content);
  content.setAttribute("aria-busy", "true");
  let answer;
  try {
    const response = await fetch(addressOf(content.parentElement, { cols: content.cols }));
    answer = response.ok ? await response.text() : await problemOf(response);
  } catch {
    answer = failure("The server cannot be reached.", "It is tried again when the page is refreshed.");
  }
  // Whoever asked later wins.
  if (content.turn !== turn) return;
  if (typeof answer === "string") content.innerHTML = answer;
  else content.replaceChildren(answer);
  content.classList.remove("waiting");
  content.removeAttribute("aria-busy");
  reach(content);
}

async function problemOf(response) {
  if (response.status === 401) return failure("The session has ended.", "", `/login?next=${encodeURIComponent(location.pathname)}`);
  const problem = await response.json().catch(() => ({}));
  return failure(problem.detail ?? `The server answered ${response.status}.`, "");
}

function failure(what, more, href) {
  const line = make("p", { textContent: `${what} ${more}`.trim() });
  if (href) line.append(make("a", { href, textContent: " Sign in again" }));
  return make("div", { className: "failed" }, line);
}

// Those on screen anew, the others when they come near.
function reload() {
  for (const content of contents()) {
    near.unobserve(content);
    near.observe(content);
  }
}

// Parameters: what is chosen stands in the address, and in the addresses of blocks and of what can be downloaded.
// Whoever saves can give the canvas others, so the form is not always the same one.
const form = () => document.getElementById("params");

canvas.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  apply(new FormData(event.target));
});

canvas.addEventListener("change", ({ target }) => {
  if (form()?.contains(target)) form().requestSubmit();
});

canvas.addEventListener("click", (event) => {
  if (!event.target.closest("[data-reset]")) return;
  event.preventDefault();
  location.search = new URLSearchParams([...new URLSearchParams(location.search)].filter(([name]) => KEPT.includes(name)));
});

function apply(data) {
  const query = new URLSearchParams();
  for (const [name, value] of data) if (value !== "") query.append(name, value);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  parameters = parametersOf(query);
  for (const link of canvas.querySelectorAll("a[data-keep-query]")) link.href = withParameters(link.href);
  for (const several of canvas.querySelectorAll(".several")) {
    const chosen = [...several.querySelectorAll(":checked")].map((box) => box.value);
    several.querySelector(".chosen").textContent = chosen.join(", ") || "(all)";
  }
  reload();
  say("The blocks are being updated.");
}

function withParameters(address) {
  const url = new URL(address, location.href);
  for (const name of [...url.searchParams.keys()]) if (isAsked(name)) url.searchParams.delete(name);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return url.pathname + url.search;
}

// Refreshing by the clock, for sources that change while nobody tells.
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

// The whole screen, for a wall.
function fullScreen() {
  if (document.fullscreenElement) return document.exitFullscreen();
  document.body.classList.add("wall");
  return document.documentElement.requestFullscreen().catch(() => {});
}

document.getElementById("full-screen")?.addEventListener("click", fullScreen);
document.addEventListener("fullscreenchange", () => {
  document.body.classList.toggle("wall", Boolean(document.fullscreenElement));
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key === "f" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) fullScreen();
  if (event.key === "Escape") document.body.classList.remove("wall");
});

// Few of those who look arrange: the script for it comes when they begin.
let arranger;
const arrange = document.getElementById("arrange");
arrange?.addEventListener("click", () => {
  if (arranger) return arranger.toggle();
  const onerror = () => tell("The server cannot be reached; nothing can be arranged now.", "bad");
  return document.head.append(make("script", { src: arrange.dataset.script, onerror }));
});

function tell(text, kind) {
  const notice = make("p", { className: `notice ${kind}`, role: "alert", textContent: text });
  canvas.querySelector(".canvas-head").after(notice);
  setTimeout(() => notice.remove(), 15000);
}

watchBlocks();
refreshEvery(Number(canvas.dataset.refresh ?? 0));
