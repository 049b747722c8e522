// Remembers a choice for a year, readable by the server so that the next page starts with it.
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}

// The page answers from now on: whoever drives it from outside can wait for this.
export function interactive() {
  document.documentElement.dataset.interactive = "";
}

export function applyTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}

// The visitor's time zone: its IANA name and, for servers without that name, its present minutes east of UTC.
export function timeZone() {
  return `${Intl.DateTimeFormat().resolvedOptions().timeZone ?? ""}|${-new Date().getTimezoneOffset()}`;
}

// Tells of the system's colours as they change. The bar listens as long as the document lives.
export function watchSystem(bar) {
  const query = matchMedia("(prefers-color-scheme: dark)");
  query.addEventListener("change", () => bar.invokeMethodAsync("SystemChangedAsync", query.matches).catch(() => {}));
}
