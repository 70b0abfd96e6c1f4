// What is typed appears in the preview (data-mirror="id"), and is counted (data-count="input id"):
// in characters, or where WeChat counts so (data-bytes="most") in bytes.
import { onContent } from './content.js';

const untouched = new WeakMap();

function mirror(input) {
  const preview = document.getElementById(input.dataset.mirror);
  if (!preview) return;
  if (!untouched.has(preview)) untouched.set(preview, preview.textContent);
  preview.textContent = input.value || untouched.get(preview);
}

const bytes = (text) => new TextEncoder().encode(text).length;

function count(counter) {
  const input = document.getElementById(counter.dataset.count);
  if (!input) return;
  const most = input.dataset.bytes;
  counter.textContent = most
    ? `${bytes(input.value)} / ${most} ${counter.dataset.unit}`
    : `${[...input.value].length} / ${input.maxLength}`;
}

document.addEventListener('input', ({ target }) => {
  if (target.dataset?.mirror) mirror(target);
  if (target.id) document.querySelectorAll(`[data-count="${CSS.escape(target.id)}"]`).forEach(count);
});

onContent((content) => {
  content.querySelectorAll('[data-mirror]').forEach(mirror);
  content.querySelectorAll('[data-count]').forEach(count);
});
