// Keeps the shell for the road without network: hashed files from the cache, pages from the network first.
// Arrivals are kept by the page itself, with the time they were received, so that their age is always known.
const SHELL = 'shell-1'

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(['/', '/theme.js', '/favicon.svg'])))
  self.skipWaiting()
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== location.origin) return
  if (event.request.mode === 'navigate') {
    event.respondWith(pageFirstFromNetwork(event.request))
  } else if (url.pathname.startsWith('/assets/')) {
    event.respondWith(assetFirstFromCache(event.request))
  }
})

async function pageFirstFromNetwork(request) {
  try {
    const answer = await fetch(request)
    if (answer.ok) await (await caches.open(SHELL)).put('/', answer.clone())
    return answer
  } catch (offline) {
    const kept = await caches.match('/')
    if (kept) return kept
    throw offline
  }
}

async function assetFirstFromCache(request) {
  const kept = await caches.match(request)
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await (await caches.open(SHELL)).put(request, answer.clone())
  return answer
}
