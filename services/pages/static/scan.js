// @ts-check
import { acting, post } from './csrf.js';
import { eachInWords, outcomeOf, sayBeside, sentence, spoken, summary, whyAside, worstOf } from './scan_answers.js';
import { asPrinted, codesIn, device, timeOrderedId, withOffset } from './scan_items.js';
import { giveBack, isOver, look, whyNotTaken } from './scan_shift.js';

/** @typedef {{id: string, step: string, code?: string, door?: string, [field: string]: unknown}} Item */
/** @typedef {{id: string, outcome: string, code?: string, late?: boolean, other_compound?: boolean, belongs_to?: string, signature?: 'first' | 'again', unread?: string[], doubts?: string[], reason?: string, text?: string}} Answer */

const AGAIN_AFTER = 5000;
const SEND_AGAIN_AFTER = 5000;
const PLACE_TIME = 'Asia/Shanghai';
const LONGEST_WAIT = 20000;
const AT_ONCE = 500;
const SHOWN = 30;

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (byId('scan'));
const step = form.dataset.step ?? '';
const codes = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem('codes'));
const signOut = /** @type {HTMLFormElement | null} */ (document.getElementById('signout'));
const once = /** @type {HTMLDetailsElement} */ (byId('once'));
const byDoor = /** @type {HTMLDetailsElement | null} */ (document.getElementById('door'));
const doorLike = new RegExp(`^(?:${spoken.door})$`);

/** @type {Item[]} */
let waiting = [];
/** @type {Map<string, {item: Item, row: HTMLElement}>} */
const rows = new Map();
/** @type {Map<string, number>} */
const justScanned = new Map();
/** @type {{id: string, code: string}[]} */
const undoable = [];
let recorded = 0;
let sending = false;
let leaving = false;
/** Why somebody was not let go or changed; said until they do something else or everything is sent. */
let refusal = '';
let timer = 0;

/** What the form says besides the codes. */
function said() {
  /** @type {Record<string, any>} */
  const fields = {};
  /** @type {Record<string, object>} */
  const holders = {};
  for (const input of /** @type {HTMLInputElement[]} */ (Array.from(form.elements))) {
    const chosen = !['radio', 'checkbox'].includes(input.type) || input.checked;
    if (!input.name || ['codes', 'csrf_token'].includes(input.name) || !chosen || !input.value.trim()) continue;
    const value = input.type === 'number' ? Number(input.value) : input.value.trim();
    const [whole, part] = input.name.split('.');
    if ('holder' in input.dataset) holders[input.name] = holder(input.value.trim());
    else if (part) fields[whole] = { ...fields[whole], [part]: value };
    else if (input.type === 'checkbox') fields[whole] = [...(fields[whole] ?? []), value];
    else if ('lines' in input.dataset) fields[whole] = codesIn(input.value);
    else fields[whole] = value;
  }
  Object.assign(fields, holders);
  if (!fields.door) ['group_buy', 'door', 'piece', 'of'].forEach((name) => delete fields[name]);
  return fields;
}

/** ``kind:id`` as it stands in the list of hands. @param {string} chosen */
function holder(chosen) {
  const [kind, ...id] = chosen.split(':');
  return { kind, id: id.join(':') };
}

/** @returns {Item[]} */
function itemsOfForm() {
  const fields = said();
  const now = Date.now();
  const found = codesIn(codes.value);
  if (fields.door && found.length > 1) throw new Error(sentence('one'));
  if (byDoor && !fields.door && found.some((code) => doorLike.test(code))) throw new Error(withoutLabel(found));
  if (!found.length && !fields.door && step !== 'declare') throw new Error(sentence('needed'));
  const fresh = found.filter((code) => now - (justScanned.get(code) ?? 0) > AGAIN_AFTER);
  if (found.length && !fresh.length) throw new Error(sentence('again'));
  fresh.forEach((code) => justScanned.set(code, now));
  const named = fresh.length ? fresh.map((code) => ({ code })) : [{}];
  const happened_at = withOffset(new Date(now));
  return named.map((code) => ({ id: timeOrderedId(), step, happened_at, ...device(), ...fields, ...code }));
}

/** Moves a door from the field for codes to its own. @param {string[]} found */
function withoutLabel(found) {
  if (found.length > 1) return sentence('one');
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  [field('door').value, codes.value] = [found[0], ''];
  const section = /** @type {HTMLDetailsElement} */ (byDoor);
  section.open = true;
  part(section, 'offer').textContent = sentence('no_label', { door: found[0] });
  window.setTimeout(() => {
    /** @type {HTMLElement} */ (field('group_buy').value ? form.querySelector('button.send') : field('group_buy')).focus({ preventScroll: true });
    section.scrollIntoView({ block: 'center' });
  });
  return sentence('no_label', { door: found[0] });
}

/** @param {string} outcome @param {{code?: string, text?: string, lines?: string[]}} what */
function tell(outcome, { code = '', text = '', lines = [] }) {
  const panel = /** @type {HTMLElement} */ (fromTemplate(`answer-${outcome}`));
  part(panel, 'code').textContent = asPrinted(code);
  part(panel, 'text').textContent = text;
  part(panel, 'refusal').textContent = waiting.length ? refusal : '';
  part(panel, 'doubts').replaceChildren(...lines.map((line) => element('li', line)));
  panel.classList.add('fresh');
  byId('told').replaceChildren(panel);
  if (panel.getBoundingClientRect().top < 0) panel.scrollIntoView({ block: 'start' });
}

/** @param {string} id */
function fromTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (byId(id));
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true));
}

/** @param {Element} whole @param {string} name */
function part(whole, name) {
  return /** @type {HTMLElement} */ (whole.querySelector(`[data-part="${name}"]`));
}

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {Item} item @param {string} outcome @param {string} [code] */
function list(item, outcome, code) {
  const row = fromTemplate(`chip-${outcome}`);
  part(row, 'code').textContent = asPrinted(code ?? item.code ?? item.door ?? '');
  const before = rows.get(item.id);
  if (before) before.row.replaceWith(row);
  else byId('said').prepend(row);
  rows.set(item.id, { item, row });
  while (byId('said').childElementCount > SHOWN) byId('said').lastElementChild?.remove();
}

/** @param {Answer[]} answers @param {Item[]} items */
function hear(answers, items) {
  answers.forEach((answer, place) => {
    const item = items[place];
    const outcome = outcomeOf(answer);
    if (item.step === 'annul' && step !== 'annul') {
      const undone = rows.get(String(item.scan));
      if (undone && outcome !== 'set_aside') list(undone.item, 'undone', item.code);
      return;
    }
    list(item, outcome, answer.code);
    if (outcome === 'set_aside') justScanned.delete(item.code ?? '');
    else recorded += outcome === 'duplicate' ? 0 : 1;
    if (answer.code && answer.outcome === 'recorded') undoable.push({ id: item.id, code: answer.code });
  });
  const worst = worstOf(answers);
  const first = answers.find((one) => outcomeOf(one) === worst);
  if (!first || !worst) return;
  if (answers.some((answer) => answer.late || answer.reason === 'outside-shift')) heardOfEnd(answers, items);
  const only = answers.length === 1;
  const texts = answers.map((answer, place) => whyAside(answer) || sayUnread(answer, items[place]) || sayBeside(only ? answer : { ...answer, late: false }));
  const text = only ? texts[0] : [summary(answers), answers.some((answer) => answer.late) && sentence('came_late')].filter(Boolean).join(' ');
  const undoing = items[0].step === 'annul' && step !== 'annul' && worst !== 'set_aside';
  tell(worst, {
    code: only ? (first.code ?? items[0].code ?? items[0].door ?? '') : '',
    text: undoing ? sentence('undone') : text,
    lines: only ? first.doubts?.map((rule) => spoken.doubts[rule] ?? rule) : eachInWords(answers, items, texts),
  });
  navigator.vibrate?.(['recorded', 'late'].includes(worst) ? 40 : [80, 60, 80]);
}

/** @param {Answer[]} answers @param {Item[]} items */
async function heardOfEnd(answers, items) {
  if (!(await look())) return;
  giveBack(form, items.filter((item, place) => answers[place].reason === 'outside-shift' && item.step === step && step !== 'annul'));
  fit();
  tally();
}

/** What a crate was not filled with stays to be typed again. @param {Answer} answer @param {Item} item */
function sayUnread({ unread }, item) {
  if (!unread || item.step !== step) return '';
  if (step === 'fill-crate') giveBack(form, [{ ...item, parcels: unread }]);
  fit();
  return sentence(spoken.unread, { what: unread.join(', ') });
}

function tally() {
  byId('tally').hidden = !rows.size;
  part(byId('tally'), 'count').textContent = String(recorded);
  byId('undo').hidden = !undoable.length || isOver();
  byId('resend').hidden = !waiting.length || sending;
}

async function send() {
  if (sending || !waiting.length) return;
  sending = true;
  clearTimeout(timer);
  const items = waiting.slice(0, AT_ONCE);
  const sent_at = withOffset(new Date());
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), LONGEST_WAIT);
  try {
    const response = await post('/api/scans', {
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ scans: items.map((item) => ({ ...item, sent_at })) }),
      signal: stop.signal,
    });
    if (response.ok) {
      waiting = waiting.slice(items.length);
      hear((await response.json()).answers, items);
      const time = new Date().toLocaleTimeString('en-GB', { timeZone: PLACE_TIME, hour: '2-digit', minute: '2-digit' });
      part(byId('tally'), 'last').textContent = ` · ${sentence('last', { time })}`;
    } else {
      await keep(response);
    }
  } catch {
    unsent(sentence('offline'), SEND_AGAIN_AFTER);
  } finally {
    clearTimeout(limit);
    sending = false;
    tally();
  }
  if (waiting.length && !timer) send();
  else if (leaving && !waiting.length) signOut?.requestSubmit();
}

/** Signs out once everything is sent, and says so: only then may the browser be told to forget all it keeps of us. */
function leave(/** @type {Event} */ event) {
  if (waiting.length) {
    event.preventDefault();
    leaving = true;
    refuse('leaving');
    sendNow();
    return;
  }
  sessionStorage.clear();
  const queue = Object.assign(document.createElement('input'), { type: 'hidden', name: 'queue', value: 'empty' });
  signOut?.append(queue);
}

/** @param {string} why */
function refuse(why) {
  refusal = sentence(why);
  tell('unsent', { text: sentence('unsent', { n: waiting.length }) });
}

/** What was not taken in stays here until it is. @param {Response} response */
async function keep(response) {
  const { named, text } = await whyNotTaken(response);
  unsent(named ? sentence(named) : text, Math.max(SEND_AGAIN_AFTER, 1000 * Number(response.headers.get('Retry-After') ?? 0)));
}

/** @param {string} text @param {number} wait */
function unsent(text, wait) {
  waiting.forEach((item) => list(item, 'unsent'));
  tell('unsent', { text: [sentence('unsent', { n: waiting.length }), text].filter(Boolean).join(' · ') });
  timer = window.setTimeout(sendNow, wait);
}

/** @param {Item[]} items */
function record(items) {
  waiting.push(...items);
  if (!leaving) refusal = '';
  sendNow();
}

function sendNow() {
  clearTimeout(timer);
  timer = 0;
  send();
}

const remembered = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('#once input, #once select')]);
const slot = (/** @type {string} */ name) => (name === 'station' ? `baogong.${acting()}.station` : `baogong.${step}.${name}`);
const isPick = (/** @type {HTMLInputElement} */ input) => input.type === 'radio' || input.type === 'checkbox';

function remember() {
  const fields = said();
  remembered.forEach(({ name }) => {
    const [whole, piece] = name.split('.');
    const list = /** @type {HTMLSelectElement | null} */ (form.querySelector(`select[name="${name}"]`));
    sessionStorage.setItem(slot(name), JSON.stringify(list ? list.value : ((piece ? fields[whole]?.[piece] : fields[whole]) ?? '')));
  });
  showChosen();
}

function recall() {
  const known = remembered.filter((input) => sessionStorage.getItem(slot(input.name)) !== null);
  known.forEach((input) => {
    const value = JSON.parse(sessionStorage.getItem(slot(input.name)) ?? '""');
    if (isPick(input)) input.checked = [value].flat().includes(input.value);
    else if (value !== '' && (input.tagName !== 'SELECT' || form.querySelector(`select[name="${input.name}"] option[value="${CSS.escape(value)}"]`))) input.value = value;
  });
  if (known.length === remembered.length) once.open = false;
  showChosen();
}

function showChosen() {
  const words = remembered.filter((input) => (isPick(input) ? input.checked : input.value));
  byId('chosen').textContent = words.map((input) => (isPick(input) ? input.nextElementSibling?.textContent : 'holder' in input.dataset ? input.value.slice(input.value.indexOf(':') + 1) : input.value)).join(' · ');
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (isOver()) {
    goOnIfAgain();
    return;
  }
  try {
    const items = itemsOfForm();
    if (byDoor) part(byDoor, 'offer').textContent = '';
    remember();
    once.open = false;
    record(items);
    codes.value = '';
    ['door', 'to', 'parcels', 'pieces', 'damaged'].forEach((name) => {
      const field = /** @type {HTMLInputElement | null} */ (form.elements.namedItem(name));
      if (field) field.value = '';
    });
  } catch (error) {
    tell('mistake', { text: /** @type {Error} */ (error).message });
  }
  fit();
  codes.focus();
});

/** What is typed stays, one code a line for the next one, until a new badge was opened on this phone. */
async function goOnIfAgain() {
  if (!(await look())) {
    tally();
    form.requestSubmit();
    return;
  }
  tell('mistake', { text: sentence('badge_over') });
  if (codes.value.trim()) codes.value = `${codes.value.trim()}\n`;
  fit();
  codes.focus();
}

function fit() {
  codes.style.height = 'auto';
  codes.style.height = `${Math.min(codes.scrollHeight + 4, 320)}px`;
}

codes.addEventListener('input', fit);
codes.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || codes.value.trim().includes('\n')) return;
  event.preventDefault();
  form.requestSubmit ? form.requestSubmit() : form.dispatchEvent(new Event('submit', { cancelable: true }));
});
byId('undo').addEventListener('click', () => {
  const last = undoable.pop();
  if (!last) return;
  justScanned.delete(last.code);
  recorded -= 1;
  record([{ id: timeOrderedId(), step: 'annul', happened_at: withOffset(new Date()), ...device(), scan: last.id, code: last.code }]);
});
signOut?.addEventListener('submit', leave);
document.querySelectorAll('form[action="/as"]').forEach((choice) => choice.addEventListener('submit', (event) => {
  if (!waiting.length) return;
  event.preventDefault();
  refuse('switch');
}));
byId('resend').addEventListener('click', sendNow);
once.addEventListener('invalid', () => { once.open = true; }, true);
window.addEventListener('online', sendNow);
window.addEventListener('beforeunload', (event) => { if (waiting.length) event.preventDefault(); });
recall();
if (codes.value) fit();
