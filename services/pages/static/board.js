// @ts-check
// Keeps the board's region fresh: one stream a tab, a look every 30 s where the stream does not work.

const LOOK_EVERY = 30_000;
const SILENT_FOR = 40_000; // the server says something every 15 s

const board = /** @type {HTMLElement} */ (document.getElementById('board'));
const live = /** @type {HTMLElement} */ (document.getElementById('live'));
const liveText = /** @type {HTMLElement} */ (document.getElementById('live-text'));
const asOf = /** @type {HTMLElement} */ (document.getElementById('as-of'));

/** @type {EventSource | null} */
let stream = null;
/** @type {number | undefined} */
let silence;
/** @type {number | undefined} */
let looking;

/** @param {'live' | 'slow' | 'stale'} state */
function say(state) {
  const text = (live.dataset[state] || '').replace('{time}', asOf.textContent || '');
  live.className = `live chip ${{ live: 'good', slow: 'moving', stale: 'bad' }[state]}`;
  live.dataset.state = state;
  if (liveText.textContent !== text) liveText.textContent = text;
}

/** @param {string} html */
function show(html) {
  const before = figures();
  const focused = document.activeElement?.getAttribute('href');
  const scrolled = [...board.querySelectorAll('.flow')].map((flow) => flow.scrollLeft);
  board.innerHTML = html;
  board.querySelectorAll('.flow').forEach((flow, place) => { flow.scrollLeft = scrolled[place] ?? 0; });
  if (focused) [...board.querySelectorAll('a')].find((link) => link.getAttribute('href') === focused)?.focus();
  for (const [name, figure] of figures()) {
    if (before.has(name) && before.get(name)?.textContent !== figure.textContent) figure.classList.add('changed');
  }
  asOf.textContent = board.querySelector('[data-as-of]')?.getAttribute('data-as-of') ?? asOf.textContent;
}

function figures() {
  return new Map([...board.querySelectorAll('[data-figure]')].map((figure) => [figure.getAttribute('data-figure'), figure]));
}

function listen() {
  stream?.close();
  stream = new EventSource(board.dataset.stream || '');
  stream.addEventListener('board', (message) => { show(message.data); heard(); });
  stream.addEventListener('alive', (message) => { asOf.textContent = message.data; heard(); });
  stream.addEventListener('signed-out', signedOut);
  stream.addEventListener('error', lost);
  silence = window.setTimeout(lost, SILENT_FOR);
}

function heard() {
  say('live');
  window.clearTimeout(silence);
  window.clearInterval(looking);
  looking = undefined;
  silence = window.setTimeout(lost, SILENT_FOR);
}

/** The sign-in was withdrawn or is over: what stands here goes, and the page says so. */
function signedOut() {
  stream?.close();
  window.clearTimeout(silence);
  window.clearInterval(looking);
  window.location.reload();
}

function lost() {
  window.clearTimeout(silence);
  if (looking === undefined) {
    say('stale');
    looking = window.setInterval(look, LOOK_EVERY);
  }
  if (stream?.readyState === EventSource.OPEN) {
    stream.close();
    look();
  }
}

async function look() {
  try {
    const answer = await fetch(board.dataset.region || '', { headers: { Accept: 'text/html' } });
    if (answer.status === 401) return signedOut();
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.text());
    say('slow');
    if (stream?.readyState === EventSource.CLOSED) listen();
  } catch {
    say('stale');
  }
}

window.addEventListener('pagehide', () => stream?.close());
window.addEventListener('pageshow', (shown) => { if (shown.persisted) listen(); });
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && live.dataset.state !== 'live') look();
});
window.addEventListener('online', () => { if (live.dataset.state !== 'live') listen(); });
listen();
