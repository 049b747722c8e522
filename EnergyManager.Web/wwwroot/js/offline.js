// The page that stands in for the one that was asked for: it says so in the visitor's language and comes back by itself.
(() => {
  const remembered = (name) => {
    try { return localStorage.getItem(name); } catch { return null; }
  };
  // Who chose light or dark keeps it; else the page goes with the system, also while it is open.
  const chosen = decodeURIComponent(document.cookie).match(/em-theme=(dark|light)\./)?.[1];
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => { document.documentElement.dataset.theme = chosen ?? (system.matches ? "dark" : "light"); };
  system.addEventListener("change", paint);
  paint();

  const sections = [...document.querySelectorAll("section")];
  const wanted = remembered("em-language") ?? navigator.language.slice(0, 2);
  const shown = sections.find((section) => section.lang === wanted) ?? sections[0];
  for (const section of sections) section.hidden = section !== shown;
  document.documentElement.lang = shown.lang;
  document.title = `${shown.dataset.title} · EnergyManager`;

  const status = shown.querySelector("[role=status]");
  let asking = false;

  async function ask() {
    if (asking) return;
    asking = true;
    status.textContent = shown.dataset.trying;
    try {
      const answer = await fetch("/manifest.webmanifest", { cache: "no-store", signal: AbortSignal.timeout(4000) });
      if (answer.status < 500) {
        // The address is still that of the page that was asked for.
        location.reload();
        return;
      }
    } catch {
      // Still away.
    } finally {
      asking = false;
    }
  }

  shown.querySelector("button").addEventListener("click", ask);
  addEventListener("online", ask);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  setInterval(ask, 3000);
})();
