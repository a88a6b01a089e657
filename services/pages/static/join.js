// @ts-check
import { deviceName } from './scan_items.js';

const form = /** @type {HTMLFormElement} */ (document.getElementById('join'));
const input = /** @type {HTMLInputElement} */ (form.elements.namedItem('token'));
/** A badge that came before its time is still in the form. */
const code = location.hash.slice(1) || input.value;

form.addEventListener('submit', () => { /** @type {HTMLInputElement} */ (form.elements.namedItem('device')).value = deviceName(); });
if (/^[\w-]{16,128}$/.test(code)) {
  input.value = code;
  form.querySelectorAll('.only-with-code').forEach((part) => part.removeAttribute('hidden'));
  form.querySelectorAll('.only-without-code').forEach((part) => part.setAttribute('hidden', ''));
  document.querySelectorAll('a[hreflang]').forEach((link) => link.setAttribute('href', `${link.getAttribute('href')}#${code}`));
}
