// Alt and an arrow click data-alt-key. Single keys: / searches, and any element with data-key is clicked (within the
// focused row first). While a popover or a dialog is open, its keys are the only ones.
import { openPopover } from './popovers.js';

const typing = (element) => element.matches('input, textarea, select, [contenteditable]') && !element.matches('[type="checkbox"], [type="radio"]');

document.addEventListener('keydown', (event) => {
  const at = document.activeElement ?? document.body;
  if (event.ctrlKey && event.key === 'Enter' && at.form) at.form.requestSubmit();
  const moves = event.altKey && document.querySelector(`[data-alt-key="${CSS.escape(event.key)}"]`);
  if (moves) {
    event.preventDefault();
    moves.click();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(at)) return;
  const inside = openPopover() ?? document.querySelector('dialog[open]');
  if (event.key === '/' && !inside) {
    const search = document.getElementById('q');
    search?.focus();
    if (search) event.preventDefault();
    return;
  }
  if (!/^[a-z?]$/i.test(event.key)) return;
  const selector = `[data-key="${event.key.toLowerCase()}"]`;
  const target = (inside ?? at.closest('tr'))?.querySelector(selector)
    ?? [...(inside ? [] : document.querySelectorAll(selector))].find((element) => !element.closest('tr'));
  if (!target) return;
  event.preventDefault();
  target.click();
});
