// Remembers a choice for a year, readable by the server so that the next page starts with it.
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
}

export function applyTheme(dark) {
  document.documentElement.dataset.theme = dark ? "dark" : "light";
}
