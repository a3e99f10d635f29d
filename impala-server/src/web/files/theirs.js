// Updates the page to what is saved, block by block; the old content stays until the new has come.
export async function takeTheirs({ isOtherAddress = false } = {}) {
  const turn = (canvas.turn = {});
  const response = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("canvas");
  if (fresh?.querySelector("#params")) await more("params");
  if (!fresh || canvas.turn !== turn) return;
  const places = await placesOf(page);
  if (canvas.turn !== turn) return places.remove();
  const focus = focused();
  canvas.isBehind = false;
  canvas.dataset.etag = fresh.dataset.etag;
  const isOtherForm = isOtherAddress || shapeOf(canvas) !== shapeOf(fresh);
  for (const part of [".names", ".saved"]) swap(fresh, part);
  // A form that is the same keeps what is being typed into it.
  if (isOtherForm) swap(fresh, "#params", (now) => canvas.querySelector(".canvas-head").after(now));
  readAddress(fresh);
  const above = (now) => document.getElementById("grid").before(now);
  if (fresh.querySelector(".ignored")) swap(fresh, ".ignored", above);
  swap(fresh, "details.warn", above);
  for (const field of fresh.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  for (const field of canvas.querySelectorAll("input[name=etag]")) field.value = fresh.dataset.etag;
  merge(fresh.querySelector("#grid"));
  if (blocks().length) canvas.querySelector(".empty")?.remove();
  document.getElementById("places").remove();
  places.id = "places";
  arranger?.again();
  focus?.();
}

const shapeOf = (of) => [...of.querySelectorAll("#params :is(label, option, [name]:not([type=hidden]))")]
  .map(({ name, type, textContent }) => [name, type, textContent].join()).join();

// Replaces old content with new, or puts it where `put` says.
function swap(fresh, selector, put) {
  const [old, now] = [canvas.querySelector(selector), fresh.querySelector(selector)];
  if (old && now) old.replaceWith(now);
  else if (now) put(now);
  else old?.remove();
}

// Unchanged blocks stay, with all that they show; only the others are fetched.
function merge(fresh) {
  const grid = document.getElementById("grid");
  nameStates(fresh);
  const all = [...fresh.children].map((block) => {
    const old = document.getElementById(block.id);
    const isSame = old?.state === block.state && heightOf(old) === heightOf(block);
    return isSame && !block.querySelector(".drawn") ? placed(old, block) : renewed(block, old);
  });
  for (const block of blocks()) {
    if (all.includes(block)) continue;
    forget(block);
    block.remove();
  }
  all.forEach((block, index) => {
    if (grid.children[index] !== block) grid.insertBefore(block, grid.children[index] ?? null);
    if (!block.isWatched) watch(block);
  });
}

const heightOf = ({ dataset }) => dataset.at.split(" ")[3];

function placed(old, { dataset }) {
  old.dataset.at = dataset.at;
  old.classList.remove("moving");
  old.removeAttribute("style");
  old.shown = undefined;
  return old;
}

function renewed(block, old) {
  furnish(block);
  const [content, shown] = [block.querySelector(".content:not(.drawn)"), old?.querySelector(".content:not(.waiting)")];
  if (content && shown) {
    content.replaceChildren(...shown.childNodes);
    content.classList.remove("waiting");
  }
  return block;
}

// Nothing is drawn before its place is known: its width would be another.
function placesOf(page) {
  const link = make("link", { rel: "stylesheet", href: page.getElementById("places").getAttribute("href") });
  document.getElementById("places").after(link);
  return new Promise((go) => { link.onload = link.onerror = () => go(link); });
}
