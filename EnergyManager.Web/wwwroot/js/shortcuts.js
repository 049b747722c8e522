// Keyboard shortcuts: each presses, focuses or follows something that is on the page. The table comes from the server.
const SEQUENCE_MS = 1200;
const OFF = "em-shortcuts-off";

let table = [];
let typed = [];
let typedAt = 0;
let listening = false;

export function isOn() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

function turn(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "");
  } catch {
    // No storage: the choice cannot be kept.
  }
}

export function start(shortcuts) {
  table = shortcuts;
  if (!listening) {
    document.addEventListener("keydown", pressed);
    // At once, and not by way of the server: the next key may be on its way already.
    document.addEventListener("change", ({ target }) => {
      if (target instanceof HTMLInputElement && target.hasAttribute("data-shortcut-switch")) turn(target.checked);
    });
  }
  listening = true;
}

// Whoever types means letters. A control that takes letters itself (a list picks by them) keeps them.
const isTyping = (element) =>
  element instanceof HTMLElement && (element.isContentEditable || element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [role=listbox], [role=combobox], [role=menu], [role=textbox]") !== null);

const isVisible = (element) => element.checkVisibility?.({ visibilityProperty: true }) ?? element.offsetParent !== null;

const carrying = (word) => [...document.querySelectorAll(`[data-shortcut="${word}"]`)].find(isVisible);

const deeds = {
  Go: (address) => [...document.querySelectorAll(".em-tabs a")].find((link) => link.getAttribute("href") === address),
  Focus: carrying,
  Press: carrying,
  Next: (word) => {
    const buttons = [...(carrying(word)?.querySelectorAll("button:not(:disabled)") ?? [])];
    return buttons[(buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true") + 1) % Math.max(1, buttons.length)];
  },
};

function act({ deed, target }) {
  const element = deeds[deed]?.(target);
  if (!element) return false;
  if (deed !== "Focus") {
    element.click();
    return true;
  }
  element.focus();
  element.select?.();
  return true;
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat || event.key.length !== 1) return;
  if (isTyping(event.target) || document.querySelector(".mud-dialog-container, .mud-popover-open") !== null || !isOn()) return;
  if (event.timeStamp - typedAt > SEQUENCE_MS) typed = [];
  typedAt = event.timeStamp;
  typed.push(event.key);
  // What was typed before and leads nowhere is forgotten: "x g m" goes to monitoring.
  for (; typed.length > 0; typed.shift()) {
    const fitting = table.filter(({ keys }) => typed.every((key, i) => keys[i] === key));
    const complete = fitting.find(({ keys }) => keys.length === typed.length);
    if (complete) {
      typed = [];
      if (act(complete)) event.preventDefault();
      return;
    }
    if (fitting.length > 0) return;
  }
}
