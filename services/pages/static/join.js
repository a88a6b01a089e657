// @ts-check
import { deviceName } from './scan_items.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('join'));
const input = /** @type {HTMLInputElement} */ (form.elements.namedItem('token'));

form.addEventListener('submit', () => { /** @type {HTMLInputElement} */ (form.elements.namedItem('device')).value = deviceName(); });

/** @param {string} code @returns {boolean} whether it may be one */
function takeOver(code) {
  if (!/^[\w-]{16,128}$/.test(code)) return false;
  input.value = code;
  form.querySelectorAll('.only-with-code').forEach((part) => part.removeAttribute('hidden'));
  form.querySelectorAll('.only-without-code').forEach((part) => part.setAttribute('hidden', ''));
  document.querySelectorAll('a[hreflang]').forEach((link) => link.setAttribute('href', `${link.getAttribute('href')?.split('#')[0]}#${code}`));
  return true;
}

/** A badge that came before its time is still in the form. */
takeOver(location.hash.slice(1) || input.value);
/** Another link opened in the same tab: what was said about the one before holds no more. */
window.addEventListener('hashchange', () => { if (takeOver(location.hash.slice(1))) document.querySelector('main .notice.bad')?.remove(); });
