// @ts-check
/** Whether the badge of this page still records; what is typed while it does not stays on the page. */
import { acting } from './csrf.js';

const LOOK_AGAIN = 30000;
const CLEARED = ['door', 'to', 'parcels', 'pieces', 'damaged'];
const notice = document.getElementById('over');
const heading = notice?.querySelector('[data-part="why"]');

/** How the badge of this page ended; empty while it goes on. */
let ended = '';

export const isOver = () => Boolean(ended);

/** Asks how the badge stands, and says it. @returns {Promise<boolean>} whether it is over */
export async function look() {
  if (!notice) return false;
  try {
    const answer = await fetch('/api/scans/shift', { headers: { Accept: 'application/json', 'X-Acting': acting() } });
    const { acting: hand, before } = await answer.json();
    if (hand === acting()) ended = '';
    else if (before || !hand) ended = before in notice.dataset ? before : 'ended';
  } catch {
    // no connection: as it was known before
  }
  if (heading) heading.textContent = notice.dataset[ended] ?? '';
  notice.hidden = !ended;
  return isOver();
}

/** Why the server did not take in what was sent: one of our sentences, or its own text. @param {Response} response */
export async function whyNotTaken(response) {
  const problem = await response.json().catch(() => ({}));
  if (response.status === 401) return { named: 'signed_out', text: '' };
  if (problem.rule !== 'form-token') return { named: '', text: problem.text ?? '' };
  const { others = [acting()] } = await fetch('/form-token', { headers: { Accept: 'application/json' } }).then((answer) => answer.json()).catch(() => ({}));
  return { named: others.includes(acting()) ? 'another' : 'gone', text: '' };
}

/** Back into the form, behind what was typed since. @param {HTMLFormElement} form @param {import('./scan.js').Item[]} items */
export function giveBack(form, items) {
  const codes = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('codes'));
  const typed = codes.value.trim();
  const kept = items.flatMap(({ code }) => (code && !typed.split('\n').includes(code) ? [code] : []));
  codes.value = [typed, ...kept].filter(Boolean).join('\n');
  for (const name of CLEARED) {
    const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
    if (field && !field.value && items[0]?.[name] !== undefined) field.value = [items[0][name]].flat().join('\n');
  }
}

if (notice) {
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  setInterval(() => { if (!document.hidden) look(); }, LOOK_AGAIN);
}
