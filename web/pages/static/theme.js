// Before anything is drawn: the reader's choice of light or dark, if there is one; else the system's counts.
"use strict";
try {
  const chosen = localStorage.getItem("dateline-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* storage may be switched off: the system's choice counts then */ }
