// @ts-check
const form = /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-declare]'));

if (form) {
  const pieces = /** @type {HTMLInputElement} */ (form.elements.namedItem('pieces'));
  let typed = false;
  pieces.addEventListener('input', () => { typed = pieces.value !== ''; });
  form.addEventListener('change', (event) => {
    if (typed || event.target === pieces) return;
    const chosen = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('[data-doors]:checked'));
    const doors = Array.from(chosen).reduce((sum, box) => sum + Number(box.dataset.doors), 0);
    pieces.value = doors ? String(doors) : '';
  });
}
