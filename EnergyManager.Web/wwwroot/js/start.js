// Starts Blazor so that a lost circuit is sought for ever: first the circuit itself, and when the server no longer knows it
// (it was restarted, or the pause was too long) the page, as soon as the server answers again.
(() => {
  const page = document.documentElement;
  const notice = document.getElementById("components-reconnect-modal");
  const since = notice.querySelector("[data-last]");
  const DRAFT = "em-draft";
  // Longer than any restart; an older draft is somebody else's afternoon.
  const DRAFT_MS = 10 * 60 * 1000;
  let reloading = false;
  let lastData = Date.now();

  const pause = (attempt) => (attempt === 0 ? 250 : Math.min(500 * 2 ** Math.min(attempt, 4), 5000));

  // Whatever the server last changed on the page is the newest that the visitor has seen.
  new MutationObserver(() => {
    if (page.dataset.circuit === "live") lastData = Date.now();
  }).observe(document.body, { childList: true, characterData: true, subtree: true });

  function saySince() {
    since.textContent = since.dataset.last.replace("{0}", new Intl.DateTimeFormat(page.lang, { timeStyle: "medium" }).format(lastData));
  }

  const keptFields = () => [...document.querySelectorAll("input[data-keep], textarea[data-keep]")];

  // A page that starts anew would forget what was typed into it.
  function keepDraft() {
    const fields = keptFields().map((field) => [field.dataset.keep, field.value]);
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify({ path: location.pathname, at: Date.now(), fields }));
    } catch {
      // No storage: the page comes back as its address says.
    }
  }

  function giveDraftBack() {
    let draft;
    try {
      draft = JSON.parse(sessionStorage.getItem(DRAFT) ?? "null");
      sessionStorage.removeItem(DRAFT);
    } catch {
      return;
    }
    if (!draft || draft.path !== location.pathname || Date.now() - draft.at > DRAFT_MS) return;
    const values = new Map(draft.fields);
    for (const field of keptFields()) {
      const value = values.get(field.dataset.keep);
      if (value === undefined || value === field.value) continue;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  async function reloadWhenServerAnswers() {
    if (reloading) return;
    reloading = true;
    notice.classList.add("em-reconnect-waiting");
    keepDraft();
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await fetch("manifest.webmanifest", { cache: "no-store" });
        if (answer.status < 500) {
          location.reload();
          return;
        }
      } catch {
        // The server is still away.
      }
      await new Promise((resolve) => setTimeout(resolve, pause(attempt)));
    }
  }

  notice.addEventListener("components-reconnect-state-changed", (event) => {
    const state = event.detail.state;
    page.dataset.circuit = state === "hide" ? "live" : "lost";
    if (state === "show") saySince();
    if (state === "failed" || state === "rejected" || state === "resume-failed") reloadWhenServerAnswers();
  });

  Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: Number.MAX_SAFE_INTEGER, retryIntervalMilliseconds: pause } },
  }).then(() => { page.dataset.circuit = "live"; });

  // The first sight of the attribute is when fields listen.
  new MutationObserver((_, observer) => {
    if (page.dataset.interactive === undefined) return;
    observer.disconnect();
    giveDraftBack();
  }).observe(page, { attributes: true, attributeFilter: ["data-interactive"] });

  // The offline page speaks the language of the last page.
  try {
    localStorage.setItem("em-language", page.lang);
  } catch {
    // No storage: it speaks the browser's.
  }
  navigator.serviceWorker?.register("/service-worker.js").catch((reason) => console.warn("No offline page:", reason.message));
})();
