// What is typed appears in the preview (data-mirror="id"), and is counted (data-count="input id").
import { onContent } from './content.js';

const untouched = new WeakMap();

function mirror(input) {
  const preview = document.getElementById(input.dataset.mirror);
  if (!preview) return;
  if (!untouched.has(preview)) untouched.set(preview, preview.textContent);
  preview.textContent = input.value || untouched.get(preview);
}

function count(counter) {
  const input = document.getElementById(counter.dataset.count);
  if (input) counter.textContent = `${[...input.value].length} / ${input.maxLength}`;
}

document.addEventListener('input', ({ target }) => {
  if (target.dataset?.mirror) mirror(target);
  if (target.id) document.querySelectorAll(`[data-count="${CSS.escape(target.id)}"]`).forEach(count);
});

onContent((content) => {
  content.querySelectorAll('[data-mirror]').forEach(mirror);
  content.querySelectorAll('[data-count]').forEach(count);
});
