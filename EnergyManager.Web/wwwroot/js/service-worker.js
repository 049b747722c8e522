// Shows a page of its own while the server is away. It keeps that page and nothing else: what the server answers, figures and
// sign-ins above all, is never stored. VERSION stands before this text and changes with what is kept.
const CACHE = `em-offline-${VERSION}`;
const PAGE = "/offline";
const KEPT = [PAGE, "/js/offline.js", "/icons/icon.svg"];
// What a proxy in front of the server says while the server is away.
const AWAY = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(KEPT.map((path) => new Request(path, { cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("em-offline-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

async function kept(path) {
  return (await (await caches.open(CACHE)).match(path)) ?? Response.error();
}

async function navigate(request) {
  try {
    const answer = await fetch(request);
    return AWAY.includes(answer.status) ? kept(PAGE) : answer;
  } catch {
    return kept(PAGE);
  }
}

async function freshElseKept(request, path) {
  try {
    return await fetch(request);
  } catch {
    return kept(path);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(navigate(request));
  else if (KEPT.includes(url.pathname)) event.respondWith(freshElseKept(request, url.pathname));
});
