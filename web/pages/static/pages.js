// Small helps that no page needs for reading: light or dark, copying a citation, keys.
"use strict";
const root = document.documentElement;
const dark = () => (root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

const toggle = document.querySelector("[data-theme-toggle]");
if (toggle) {
  const show = () => toggle.setAttribute("aria-pressed", String(dark()));
  toggle.setAttribute("aria-label", "Dark colours");
  toggle.hidden = false;
  show();
  toggle.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    show();
    try { localStorage.setItem("dateline-theme", root.dataset.theme); } catch { /* only this page then */ }
  });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.dataset.done = "yes";
    setTimeout(() => delete button.dataset.done, 1500);
  });
}

// "/" goes to the field for words and addresses, "[" and "]" to the page before and after.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("find")?.focus();
  } else if (event.key === "[" || event.key === "]") {
    document.querySelector(event.key === "[" ? "a[rel=prev]" : "a[rel=next]")?.click();
  }
});
