// @ts-check
/** What the answers of the server are called, and what is said of each. */
import { asPrinted } from './scan_items.js';

/** @typedef {import('./scan.js').Item} Item */
/** @typedef {import('./scan.js').Answer} Answer */

export const spoken = JSON.parse(document.getElementById('spoken')?.textContent ?? '{}');

/** @param {string} name @param {Record<string, string | number>} [values] */
export function sentence(name, values = {}) {
  return Object.entries(values).reduce((text, [key, value]) => text.replace(`%(${key})s`, String(value)), spoken.sentences[name]);
}

/** @param {Answer} answer */
export function outcomeOf(answer) {
  if (answer.outcome !== 'recorded') return answer.outcome;
  if (answer.unread) return 'partly';
  if (answer.signature) return 'signed';
  return answer.doubts?.length ? 'doubts' : answer.late ? 'late' : 'recorded';
}

/** What somebody has to look at comes first. */
const WORST_FIRST = ['set_aside', 'partly', 'signed', 'doubts', 'late', 'recorded', 'duplicate'];

/** @param {Answer[]} answers */
export const worstOf = (answers) => WORST_FIRST.find((outcome) => answers.some((one) => outcomeOf(one) === outcome));

/** @param {Answer} answer */
export function whyAside(answer) {
  if (answer.outcome !== 'set_aside') return '';
  const why = spoken.reasons[answer.reason ?? ''] ?? answer.text ?? '';
  const field = answer.reason === 'field-wrong' ? spoken.fields[(answer.text ?? '').split(/[:.]/)[0]] : undefined;
  return field ? `${field}: ${why}` : why;
}

/** @param {Answer} answer */
export function sayBeside({ other_compound, belongs_to, signature, late }) {
  const names = [other_compound && 'other_compound', belongs_to && 'belongs_to', signature && `signed_${signature}`, late && 'came_late'];
  return names.flatMap((name) => (name ? [sentence(name, { door: belongs_to ?? '' })] : [])).join(' ');
}

/** @param {Answer[]} answers */
export function summary(answers) {
  return ['recorded', 'late', 'partly', 'signed', 'doubts', 'duplicate', 'set_aside']
    .map((outcome) => ({ outcome, n: answers.filter((one) => outcomeOf(one) === outcome).length }))
    .filter(({ n }) => n)
    .map(({ outcome, n }) => sentence(outcome, { n }))
    .join(' · ');
}

/** Of several at once, the code of each that is not simply recorded, and what is to be said of it. @param {Answer[]} answers @param {Item[]} items @param {string[]} texts */
export function eachInWords(answers, items, texts) {
  const told = answers.map((answer, place) => {
    const doubts = (answer.doubts ?? []).map((rule) => spoken.doubts[rule] ?? rule);
    const words = ['recorded', 'late'].includes(outcomeOf(answer)) ? '' : [texts[place], ...doubts].filter(Boolean).join(' ');
    const code = asPrinted(answer.code ?? items[place].code ?? items[place].door ?? '');
    return { rank: WORST_FIRST.indexOf(outcomeOf(answer)), line: words && `${code} · ${words}` };
  });
  return told.filter(({ line }) => line).sort((one, other) => one.rank - other.rank).map(({ line }) => line);
}
