// @ts-check
// Keeps who is on shift fresh, and finds a number in the list of members.

const LOOK_EVERY = 15_000;
const region = /** @type {HTMLElement} */ (document.getElementById('badge-day'));
const find = /** @type {HTMLInputElement | null} */ (document.getElementById('find-member'));

async function look() {
  if (document.visibilityState !== 'visible' || region.contains(document.activeElement)) return;
  try {
    const answer = await fetch(region.dataset.region ?? '', { headers: { Accept: 'text/html', 'HX-Request': 'true' } });
    if (!answer.ok || region.contains(document.activeElement)) return;
    const unfolded = region.querySelector('details')?.open ?? false;
    region.innerHTML = await answer.text();
    region.querySelector('details')?.toggleAttribute('open', unfolded);
  } catch {
    // the next look may get through
  }
}

if (find) {
  find.closest('[hidden]')?.removeAttribute('hidden');
  find.addEventListener('input', () => {
    const wanted = find.value.trim().toLowerCase();
    document.querySelectorAll('.pick-line').forEach((line) => {
      const checked = line.querySelector('input')?.checked;
      line.classList.toggle('hidden', !checked && !(line.textContent ?? '').toLowerCase().includes(wanted));
    });
  });
  find.addEventListener('keydown', (event) => { if (event.key === 'Enter') event.preventDefault(); });
}
document.querySelectorAll('.own-window input').forEach((input) => input.addEventListener('input', () => {
  const own = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="preset"][value="own"]'));
  if (own) own.checked = true;
}));
window.setInterval(look, LOOK_EVERY);
document.addEventListener('visibilitychange', look);
