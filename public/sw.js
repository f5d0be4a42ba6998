// The page's service worker. It keeps the whole page on the device, so that it
// opens without a server, and sends with every file what isolates it, so that it
// may run on several threads whoever serves it.
//
// The build writes `PAGE` above this: every file by its content, the headers and
// the policy (xtask/src/build/offline.rs). Weights are none of its business: what
// is not in that list goes to the network as if there were no service worker.

const SCOPE = registration.scope;
const HOME = "index.html";

/** The page's files, each under its path and what is in it. */
const FILES = `bella-page ${SCOPE}`;
/** What outlives a version: hosts a person added, and what was shared. */
const NOTES = `bella-notes ${SCOPE}`;
const HOSTS = new URL("hosts", SCOPE).href;

addEventListener("install", (event) => event.waitUntil(keepEverything()));
addEventListener("activate", (event) => event.waitUntil(begin()));

/**
 * What has not changed since the last version is there already, and so is what
 * came before an install broke off.
 */
async function keepEverything() {
  const files = await caches.open(FILES);
  await Promise.all(Object.keys(PAGE.files).map(async (path) => {
    if (!await files.match(keyOf(path))) await files.put(keyOf(path), await fetched(path));
  }));
}

async function begin() {
  const files = await caches.open(FILES);
  const wanted = new Set(Object.keys(PAGE.files).map(keyOf));
  const stale = (await files.keys()).filter(({ url }) => !wanted.has(url));
  await Promise.all(stale.map((request) => files.delete(request)));
  // The first visit can end without a server too.
  await clients.claim();
}

const keyOf = (path) => new URL(`${path}?${PAGE.files[path].hash}`, SCOPE).href;

/** A file from the server, if it is the one of this version. */
async function fetched(path) {
  const { hash, type } = PAGE.files[path];
  // Some hosts answer with a redirect when asked for it by name.
  const address = new URL(path === HOME ? "./" : path, SCOPE);
  const response = await fetch(address, { cache: "no-cache" });
  let content = await response.arrayBuffer();
  if (!response.ok || await hashOf(content) !== hash) {
    throw new Error(`${path} is not the file of this version (status ${response.status})`);
  }
  if (path === HOME) {
    // From here on the policy is a header, which can name more hosts.
    content = new TextDecoder().decode(content).replace(PAGE.meta, "");
  }
  return new Response(content, { headers: { ...PAGE.headers, "content-type": type } });
}

async function hashOf(content) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  const root = new URL(SCOPE);
  if (origin !== root.origin || !pathname.startsWith(root.pathname)) return;
  const path = pathname.slice(root.pathname.length);
  if (request.method === "POST" && path === "share") {
    event.respondWith(takeShared(request));
  } else if (request.method !== "GET") {
    return;
  } else if (path.startsWith("shared/")) {
    event.respondWith(handOver(request.url));
  } else if (Object.hasOwn(PAGE.files, path)) {
    event.respondWith(answer(path, request));
  } else if (request.mode === "navigate" && !/[/.]/.test(path)) {
    // One of the page's own routes: the page decides what it shows.
    event.respondWith(answer(HOME, request));
  }
});

async function answer(path, request) {
  const files = await caches.open(FILES);
  const kept = await files.match(keyOf(path)) ?? await mended(files, path, request);
  // Only documents and workers live under a policy. All else stays as it was kept,
  // so that the browser can keep what it compiled beside it.
  if (request.mode !== "navigate" && !request.destination.endsWith("worker")) return kept;
  const headers = new Headers(kept.headers);
  headers.set("content-security-policy", await policy());
  return new Response(kept.body, { status: kept.status, headers });
}

/** A file that should have been there. */
async function mended(files, path, request) {
  try {
    await files.put(keyOf(path), await fetched(path));
    return await files.match(keyOf(path));
  } catch {
    // The server has a newer version by now: better that than nothing.
    const { body, status, headers } = await fetch(path === HOME ? SCOPE : request);
    const all = { ...Object.fromEntries(headers), ...PAGE.headers };
    return new Response(body, { status, headers: all });
  }
}

/** The policy of the build, with the hosts that a person added. */
async function policy() {
  const noted = await (await caches.open(NOTES)).match(HOSTS);
  const hosts = noted ? await noted.json() : [];
  return PAGE.policy.replace("connect-src 'self'", ["connect-src 'self'", ...hosts].join(" "));
}

/** As many as a person may add. */
const MOST_HOSTS = 16;

/** What a policy has a grammar for: no star, no end of a directive, no IPv6. */
const NAMEABLE = /^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/;

/**
 * Whether the policy may name it: one whole origin, over an encrypted line or
 * within the house. The settings decide the same beforehand, with a reason
 * (src/own_server/address.rs).
 */
function isHost(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.origin !== text || !NAMEABLE.test(url.hostname)) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isNear(url.hostname));
}

function isNear(host) {
  return /(^|\.)localhost$|\.local$/.test(host)
    || /^(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))(\.\d+)+$/.test(host);
}

addEventListener("message", (event) => {
  const { kind, hosts } = event.data ?? {};
  const tell = (reply) => event.ports[0]?.postMessage(reply);
  if (kind === "take over") {
    // The person asked. Otherwise a new version waits until no tab shows the old one.
    event.waitUntil(skipWaiting());
  } else if (kind === "hosts" && Array.isArray(hosts)) {
    event.waitUntil(noteHosts(hosts).then(tell));
  }
});

/** They count from the next opening of the page on. */
async function noteHosts(hosts) {
  const noted = [...new Set(hosts)].filter(isHost).slice(0, MOST_HOSTS);
  await (await caches.open(NOTES)).put(HOSTS, Response.json(noted));
  return { hosts: noted };
}

/** What may be shared at once: more than a message can hold. */
const MOST_SHARED_BYTES = 1 << 20;

/**
 * Something shared from another app. Anybody's page can send such a form, so it
 * is bounded, and what comes of it is a draft that the person sends or not.
 */
async function takeShared(request) {
  const id = crypto.randomUUID();
  const notes = await caches.open(NOTES);
  const earlier = (await notes.keys()).filter(({ url }) => url !== HOSTS);
  await Promise.all(earlier.map((one) => notes.delete(one)));
  await notes.put(new URL(`shared/${id}`, SCOPE), Response.json(await readShared(request)));
  return Response.redirect(new URL(`./?shared=${id}`, SCOPE), 303);
}

async function readShared(request) {
  const content = await atMost(MOST_SHARED_BYTES, request.body);
  if (!content) return { texts: [], files: [], refused: true };
  const type = request.headers.get("content-type");
  const form = await new Response(content, { headers: { "content-type": type } }).formData();
  const texts = ["title", "text", "url"].map((name) => form.get(name)).filter(Boolean).map(String);
  const files = form.getAll("files").filter((one) => one instanceof File && one.name);
  const read = async (file) => ({ name: file.name, text: textOf(await file.arrayBuffer()) });
  return { texts, files: await Promise.all(files.map(read)), refused: false };
}

/** The whole of a stream, or `null` when it is longer. */
async function atMost(limit, stream) {
  const pieces = [];
  let length = 0;
  for await (const piece of readFrom(stream)) {
    length += piece.length;
    if (length > limit) return null;
    pieces.push(piece);
  }
  return new Blob(pieces);
}

/** Not every browser can walk through a stream by itself. */
async function* readFrom(stream) {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.cancel();
  }
}

/** A text file's words, in today's encoding or Korea's earlier one; else `null`. */
function textOf(content) {
  for (const encoding of ["utf-8", "euc-kr"]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(content);
      return text.includes("\0") ? null : text;
    } catch {
      // Not in this one.
    }
  }
  return null;
}

/** What was shared goes to whoever asks first, once. */
async function handOver(url) {
  const notes = await caches.open(NOTES);
  const noted = await notes.match(url);
  if (!noted) return new Response(null, { status: 404, headers: PAGE.headers });
  await notes.delete(url);
  return new Response(noted.body, { headers: { ...PAGE.headers, "content-type": "application/json" } });
}
