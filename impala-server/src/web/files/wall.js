// A canvas on a wall, where nobody scrolls: it is made to fit when it nearly does, and shown screen by screen otherwise. A pointer
// that moves shows the way out, and the user can then scroll.
const LEAST_SCALE = 0.75;
const REST_MS = 8000;
const AWAKE_MS = 4000;
const GLIDE_PX_PER_S = 300;
// The part of a screen that is shown on the next one too.
const SHARED_PX = 48;

const isOn = () => document.body.matches(".wall");
const isAwake = () => document.body.matches(".awake");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const way = make("button", { type: "button", className: "leave small", textContent: "Leave full screen (Esc)", onclick: leave });
let sleep;
let rest;
let isFull = false;

export function toggle() {
  if (isOn()) return leave();
  enter();
  return document.documentElement.requestFullscreen().then(() => { isFull = true; }, () => {});
}

function enter() {
  document.body.classList.add("wall");
  document.body.append(way);
  wake();
  fit();
  goOn();
}

function leave() {
  clearTimeout(rest);
  way.remove();
  document.body.classList.remove("wall", "awake", "fits");
  canvas.removeAttribute("style");
  form()?.querySelector("input[name=view]")?.remove();
  const query = new URLSearchParams(location.search);
  query.delete("view");
  history.replaceState(null, "", withQuery(query));
  isFull = false;
  if (document.fullscreenElement) document.exitFullscreen();
}

function wake() {
  document.body.classList.add("awake");
  clearTimeout(sleep);
  sleep = setTimeout(() => document.body.classList.remove("awake"), AWAKE_MS);
}

// Places are whole rows, so a canvas is as high however wide it is: made wider and then smaller it fills the screen.
function fit() {
  canvas.removeAttribute("style");
  const scale = innerHeight / canvas.offsetHeight;
  const isNear = scale < 1 && scale >= LEAST_SCALE && innerWidth >= 700;
  document.body.classList.toggle("fits", isNear);
  if (!isNear) return;
  Object.assign(canvas.style, { transform: `scale(${scale})`, width: `${100 / scale}%` });
  scrollTo(0, 0);
}

const goOn = () => {
  clearTimeout(rest);
  rest = setTimeout(turn, REST_MS);
};

// The next screen; behind the last one the first.
async function turn() {
  if (!isOn()) return;
  // Others may have made it higher.
  fit();
  const most = document.documentElement.scrollHeight - innerHeight;
  if (!isAwake() && most > 1 && !document.body.matches(".fits")) {
    if (scrollY >= most - 1) scrollTo(0, 0);
    else await glide(Math.min(most, scrollY + innerHeight - SHARED_PX));
  }
  goOn();
}

async function glide(to) {
  if (isCalm.matches) return scrollTo(0, to);
  const [from, begun] = [scrollY, performance.now()];
  for (let at = from; at < to && isOn() && !isAwake();) {
    const now = await new Promise(requestAnimationFrame);
    at = Math.min(to, from + Math.max(0, now - begun) / 1000 * GLIDE_PX_PER_S);
    scrollTo(0, at);
  }
}

for (const sign of ["pointermove", "pointerdown", "wheel", "keydown"]) addEventListener(sign, () => { if (isOn()) wake(); }, { passive: true });
addEventListener("resize", () => { if (isOn()) fit(); });
document.addEventListener("fullscreenchange", () => { if (isFull && !document.fullscreenElement) leave(); });
document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && isOn()) leave(); });
if (isOn()) enter();
