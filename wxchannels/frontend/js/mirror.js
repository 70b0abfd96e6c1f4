// What is typed appears in the preview (data-mirror="id"), cut where WeChat cuts it
// (data-shows="8": halves of a Chinese character), and is counted (data-count="input id"):
// in characters, or where WeChat counts so (data-bytes="most") in bytes.
import { onContent } from './content.js';

const untouched = new WeakMap();

function mirror(input) {
  const preview = document.getElementById(input.dataset.mirror);
  if (!preview) return;
  if (!untouched.has(preview)) untouched.set(preview, preview.textContent);
  preview.textContent = shown(input.value, Number(input.dataset.shows)) || untouched.get(preview);
}

// As wide as two letters are what East Asian writing has, and emoji.
const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const width = (characters) => characters.reduce((sum, one) => sum + (wide.test(one) ? 2 : 1), 0);

function shown(text, most) {
  const characters = [...text];
  if (!most || width(characters) <= most) return text;
  while (width(characters) > most) characters.pop();
  return `${characters.join('')}..`;
}

const bytes = (text) => new TextEncoder().encode(text).length;

function count(counter) {
  const input = document.getElementById(counter.dataset.count);
  if (!input) return;
  const most = input.dataset.bytes;
  const used = most ? bytes(input.value) : [...input.value].length;
  counter.textContent = most ? `${used} / ${most} ${counter.dataset.unit}` : `${used} / ${input.maxLength}`;
  counter.classList.toggle('over', used > Number(most ?? input.maxLength));
}

document.addEventListener('input', ({ target }) => {
  if (target.dataset?.mirror) mirror(target);
  if (target.id) document.querySelectorAll(`[data-count="${CSS.escape(target.id)}"]`).forEach(count);
});

onContent((content) => {
  content.querySelectorAll('[data-mirror]').forEach(mirror);
  content.querySelectorAll('[data-count]').forEach(count);
});
