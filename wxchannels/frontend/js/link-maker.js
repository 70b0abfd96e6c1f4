// Writes a link into a text (data-link-into="id of the text"), as WeChat reads it.
import { onAct } from './content.js';

// Nothing may end the attribute or the words before their end.
const attribute = (value) => value.trim().replace(/["'<>\s]/g, encodeURIComponent).replaceAll("'", '%27');
const words = (value) => value.trim().replaceAll('<', '＜').replaceAll('>', '＞');

function markup({ href, app, path, words: said }) {
  const parts = { href, 'data-miniprogram-appid': app, 'data-miniprogram-path': path };
  const given = Object.entries(parts).filter(([, value]) => value);
  return `<a ${given.map(([name, value]) => `${name}="${value}"`).join(' ')}>${said}</a>`;
}

// The first field that is needed and empty: a page or a mini program, and its path.
function missing(fields) {
  const { href, app, path, words: said } = fields;
  if (!said.value.trim()) return said;
  if (!href.value.trim() && !app.value.trim() && !path.value.trim()) return href;
  if (path.value.trim() && !app.value.trim()) return app;
  return app.value.trim() && !path.value.trim() ? path : null;
}

function insert(maker) {
  const inputs = [...maker.querySelectorAll('[data-part]')];
  const fields = Object.fromEntries(inputs.map((input) => [input.dataset.part, input]));
  const empty = missing(fields);
  if (empty) return empty.focus();
  const text = document.getElementById(maker.dataset.linkInto);
  const values = Object.entries(fields).map(([part, { value }]) => [part, part === 'words' ? words(value) : attribute(value)]);
  text.setRangeText(markup(Object.fromEntries(values)), text.selectionStart, text.selectionEnd, 'end');
  inputs.forEach((input) => { input.value = ''; });
  text.focus();
  text.dispatchEvent(new Event('input', { bubbles: true }));
}

onAct('insert-link', (button) => insert(button.closest('.link-maker')));

// Enter means this small form, not the one around it.
document.addEventListener('keydown', (event) => {
  const maker = event.target.closest?.('.link-maker');
  if (!maker || event.key !== 'Enter' || event.target.type === 'button') return;
  event.preventDefault();
  insert(maker);
});
