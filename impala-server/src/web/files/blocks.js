// A canvas: its blocks are fetched one by one, those near the screen first; parameters stand in the address.
"use strict";
const canvas = document.getElementById("canvas");

// Width of a column that pictures are made of, in pixels.
const COLUMN_PX = 8;

const say = (text) => { document.getElementById("live").textContent = text; };

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
    if (!target.cols || columnsOf(target) === target.cols) continue;
    clearTimeout(target.wait);
    target.wait = setTimeout(load, 200, target);
  }
});

function columnsOf(content) {
  return Math.max(4, Math.floor(content.clientWidth / COLUMN_PX));
}

const contents = () => canvas.querySelectorAll(".content[data-src]");

function watchBlocks() {
  for (const content of contents()) {
    near.observe(content);
    widths.observe(content);
  }
}

async function load(content) {
  const turn = (content.turn = {});
  content.cols = columnsOf(content);
  content.setAttribute("aria-busy", "true");
  const url = new URL(content.dataset.src, location.href);
  url.searchParams.set("cols", content.cols);
  let answer;
  try {
    const response = await fetch(url);
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
}

async function problemOf(response) {
  if (response.status === 401) return failure("The session has ended.", "", `/login?next=${encodeURIComponent(location.pathname)}`);
  const problem = await response.json().catch(() => ({}));
  return failure(problem.detail ?? `The server answered ${response.status}.`, "");
}

function failure(what, more, link) {
  const box = document.createElement("div");
  box.className = "failed";
  const line = box.appendChild(document.createElement("p"));
  line.textContent = `${what} ${more}`.trim();
  if (link) {
    const way = line.appendChild(document.createElement("a"));
    way.href = link;
    way.textContent = " Sign in again";
  }
  return box;
}

// Those on screen anew, the others when they come near.
function reload() {
  for (const content of contents()) {
    near.unobserve(content);
    near.observe(content);
  }
}

// Parameters: what is chosen stands in the address, and in the addresses of blocks and of what can be downloaded.
const form = document.getElementById("params");

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  apply(new FormData(form));
});

form?.addEventListener("change", () => form.requestSubmit());

form?.querySelector("[data-reset]")?.addEventListener("click", (event) => {
  event.preventDefault();
  location.search = "";
});

function apply(data) {
  const query = new URLSearchParams();
  for (const [name, value] of data) if (value !== "") query.append(name, value);
  history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  const parameters = new URLSearchParams([...query].filter(([name]) => name.startsWith("param.")));
  for (const content of contents()) content.dataset.src = withParameters(content.dataset.src, parameters);
  for (const link of canvas.querySelectorAll("a[data-keep-query]")) link.href = withParameters(link.href, parameters);
  for (const several of form.querySelectorAll(".several")) {
    const chosen = [...several.querySelectorAll(":checked")].map((box) => box.value);
    several.querySelector(".chosen").textContent = chosen.join(", ") || "(all)";
  }
  reload();
  say("The blocks are being updated.");
}

function withParameters(address, parameters) {
  const url = new URL(address, location.href);
  for (const name of [...url.searchParams.keys()]) if (name.startsWith("param.")) url.searchParams.delete(name);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return url.pathname + url.search;
}

// The forms that a block can be had in come into its menu when it is opened.
const FORMS = [["csv", "Data as CSV"], ["json", "Data as JSON"], ["svg", "Picture as SVG"], ["png", "Picture as PNG"],
  ["md", "Markdown"], ["text", "Text"], ["vega-lite", "Vega-Lite"]];

canvas.addEventListener("toggle", ({ target: menu }) => {
  const about = menu.open && menu.querySelector("[data-forms]");
  if (!about) return;
  for (const item of menu.querySelectorAll(".form")) item.remove();
  for (const [format, words] of FORMS) {
    if (format === "vega-lite" && !menu.closest(".chart")) continue;
    const item = document.createElement("li");
    const link = item.appendChild(document.createElement("a"));
    const url = new URL(about.href);
    url.searchParams.set("format", format);
    Object.assign(link, { href: url, textContent: words });
    item.className = "form";
    about.closest("li").before(item);
  }
}, true);

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
  if (form) {
    form.querySelector("input[name=refresh]")?.remove();
    const field = form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name: "refresh", value: event.target.value });
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

watchBlocks();
refreshEvery(Number(canvas.dataset.refresh ?? 0));
