// @ts-check
document.querySelectorAll('[data-print]').forEach((button) => {
  button.removeAttribute('hidden');
  button.addEventListener('click', () => window.print());
});
