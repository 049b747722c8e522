// After a page has changed, its heading is focused, so that a screen reader says where one is and Tab goes on from there.
// The word to do so comes from the server, a round trip after the page is seen: whoever went somewhere meanwhile stays there.
let movedOn = null;

document.addEventListener("focusin", () => {
  movedOn = location.href;
});

export function focusHeading() {
  const active = document.activeElement;
  const anywhere = active !== null && active !== document.body;
  if (anywhere && (movedOn === null || movedOn === location.href)) return;
  const heading = document.querySelector("h1");
  if (heading === null) return;
  if (!heading.hasAttribute("tabindex")) heading.tabIndex = -1;
  heading.focus();
}
