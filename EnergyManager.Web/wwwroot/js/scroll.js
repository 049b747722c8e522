// Keeps a log at its end, unless its reader scrolled up to look at something.
const NEAR_PX = 120;

export function toEnd(element) {
  if (!element) return;
  const hidden = element.scrollHeight - element.clientHeight - element.scrollTop;
  if (element.dataset.followed === undefined || hidden < NEAR_PX) element.scrollTop = element.scrollHeight;
  element.dataset.followed = "";
}
