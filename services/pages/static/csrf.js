// @ts-check
/** Sends what a page changes, with the page's form token; asks for a new one where somebody signed in again meanwhile. */

export const acting = () => document.querySelector('meta[name="acting"]')?.getAttribute('content') ?? '';
const meta = () => document.querySelector('meta[name="csrf-token"]');

/** @param {string} address @param {RequestInit} options */
export async function post(address, options) {
  const answer = await send(address, options);
  if (answer.status !== 403) return answer;
  const problem = await answer.clone().json().catch(() => ({}));
  return problem.rule === 'form-token' && (await renew()) ? send(address, options) : answer;
}

/** @param {string} address @param {RequestInit} options */
function send(address, options) {
  const token = meta()?.getAttribute('content') ?? '';
  return fetch(address, { ...options, method: 'POST', headers: { ...options.headers, 'X-CSRF-Token': token, 'X-Acting': acting() } });
}

/** Also for the forms of this page; not where somebody else acts now: what one hand did is not sent in another's name. */
async function renew() {
  const answer = await fetch('/form-token', { headers: { Accept: 'application/json' } });
  const { token, acting: other } = answer.ok ? await answer.json() : { token: '', acting: acting() };
  if (other !== acting()) return false;
  meta()?.setAttribute('content', token);
  document.querySelectorAll('input[name="csrf_token"]').forEach((field) => field.setAttribute('value', token));
  return Boolean(token);
}
