// Parameters: what is chosen stands in the address, and in the addresses of blocks and of what can be downloaded. It comes with
// the form for them.
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
  const address = withQuery(query);
  // Each choice is a step that can be gone back from.
  if (address !== location.pathname + location.search + location.hash) history.pushState(null, "", address);
  showParameters();
}

// A step back, or forth, is to other parameters.
let shownQuery = location.search;
addEventListener("popstate", async () => {
  if (location.search === shownQuery) return;
  await takeTheirs({ isOtherAddress: true });
  showParameters();
});

function showParameters() {
  shownQuery = location.search;
  readAddress(canvas);
  for (const link of canvas.querySelectorAll("a[data-keep-query]")) link.href = withParameters(link.href);
  for (const several of canvas.querySelectorAll(".several")) {
    const chosen = [...several.querySelectorAll(":checked")].map((box) => box.value);
    several.querySelector(".chosen").textContent = chosen.join(", ") || "(all)";
  }
  showSet();
  reload();
  say("The blocks are being updated.");
}

// What is chosen, in a line for where there is no form.
function showSet() {
  const line = canvas.querySelector(".set");
  if (!line) return;
  const words = [...canvas.querySelectorAll(".param")].map((param) => {
    const value = param.querySelector(".chosen")?.textContent ?? param.querySelector("input, select").value;
    return value && value !== "(all)" ? `${param.querySelector("label, .label").textContent}: ${value}` : "";
  });
  line.textContent = words.filter(Boolean).join(" \u00b7 ");
}

function withParameters(address) {
  const url = new URL(address, location.href);
  for (const name of [...url.searchParams.keys()]) if (isAsked(name)) url.searchParams.delete(name);
  for (const [name, value] of parameters) url.searchParams.append(name, value);
  return url.pathname + url.search;
}
