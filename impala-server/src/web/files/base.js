// What every page does with a script: the switch of light and dark, menus that close, buttons that copy.
"use strict";
document.documentElement.classList.add("js");

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-theme-switch], [data-copy]");
  if (target?.hasAttribute("data-theme-switch")) switchTheme();
  if (target?.dataset.copy) copy(target);
  // A click elsewhere closes a menu.
  for (const menu of document.querySelectorAll("details.menu[open], details.pop[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open], details.pop[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

function switchTheme() {
  const root = document.documentElement;
  const isDark = (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = isDark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy).textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    // Without leave to copy, what is to be copied is at least selected.
    getSelection().selectAllChildren(document.getElementById(button.dataset.copy));
  }
}
