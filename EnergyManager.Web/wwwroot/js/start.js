// Starts Blazor so that a lost circuit is sought for ever: first the circuit itself, and when the server no longer knows it
// (it was restarted, or the pause was too long) the page, as soon as the server answers again.
(() => {
  const notice = document.getElementById("components-reconnect-modal");
  let reloading = false;

  const pause = (attempt) => (attempt === 0 ? 250 : Math.min(500 * 2 ** Math.min(attempt, 4), 5000));

  async function reloadWhenServerAnswers() {
    if (reloading) return;
    reloading = true;
    notice.classList.add("em-reconnect-waiting");
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
    document.documentElement.dataset.circuit = state === "hide" ? "live" : "lost";
    if (state === "failed" || state === "rejected" || state === "resume-failed") reloadWhenServerAnswers();
  });

  Blazor.start({
    circuit: { reconnectionOptions: { maxRetries: Number.MAX_SAFE_INTEGER, retryIntervalMilliseconds: pause } },
  }).then(() => { document.documentElement.dataset.circuit = "live"; });
})();
