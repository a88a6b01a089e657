// @ts-check
const form = /** @type {HTMLFormElement} */ (document.getElementById('new-key'));

/** Shows the actions that the chosen role includes. */
function fit() {
  const role = String(new FormData(form).get('role') ?? '');
  form.querySelectorAll('label[data-roles]').forEach((label) => {
    const held = (label.getAttribute('data-roles') ?? '').split(' ').includes(role);
    label.toggleAttribute('hidden', !held);
    if (!held) /** @type {HTMLInputElement} */ (label.querySelector('input')).checked = false;
  });
}

form.addEventListener('change', (event) => { if (/** @type {HTMLInputElement} */ (event.target).name === 'role') fit(); });
fit();
