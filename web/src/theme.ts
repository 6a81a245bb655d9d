// Light, dark, or as the system has it; on paper always light.

import { el } from "./dom.js";

type Theme = "auto" | "light" | "dark";

const THEMES: Theme[] = ["auto", "light", "dark"];
const KEY = "outrider-theme";
const listeners: (() => void)[] = [];

/** Calls `redraw` whenever colours have changed. */
export function onColors(redraw: () => void): void {
  listeners.push(redraw);
}

function changed(): void {
  for (const listener of listeners) listener();
}

// A page that was opened from a file may have no storage.
function stored(): Theme {
  try {
    const theme = localStorage.getItem(KEY) as Theme | null;
    return theme && THEMES.includes(theme) ? theme : "auto";
  } catch {
    return "auto";
  }
}

function store(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice lasts as long as the page.
  }
}

function show(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  changed();
}

/** The switch between the three. */
export function themeSwitch(): HTMLElement {
  const current = stored();
  show(current);
  const choose = (event: Event) => {
    const theme = (event.target as HTMLSelectElement).value as Theme;
    store(theme);
    show(theme);
  };
  const names = { auto: "As the system", light: "Light", dark: "Dark" };
  const options = THEMES.map((theme) => el("option", { value: theme, selected: theme === current }, names[theme]));
  return el("label", { class: "control" }, "Colours ", el("select", { id: "theme", onchange: choose }, ...options));
}

/** Follows the system, and lays out for paper before it is printed on. */
export function watchColors(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  addEventListener("beforeprint", () => {
    document.documentElement.dataset["paper"] = "";
    changed();
  });
  addEventListener("afterprint", () => {
    delete document.documentElement.dataset["paper"];
    changed();
  });
}

/** Whether what is drawn now is for paper. */
export function onPaper(): boolean {
  return "paper" in document.documentElement.dataset;
}

/** The value of a colour of the style. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
