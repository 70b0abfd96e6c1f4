// Where one stands after something was sent: on the first field with a mistake. And where what
// one stood on is gone (htmx finds it again by its id): on the heading of what came instead.
import { onContent } from './content.js';

const isLost = () => !document.activeElement || document.activeElement === document.body;

function firstMistake(content) {
  const found = content.querySelector('[aria-invalid="true"], .err');
  return found?.matches('.err') ? found.closest('.field')?.querySelector('input, select, textarea') : found;
}

onContent((content) => {
  if (isLost()) firstMistake(content)?.focus();
});

let stoodInside = false;

document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  stoodInside = detail.target.contains(document.activeElement) && !isLost();
});

document.addEventListener('htmx:afterSettle', ({ detail }) => {
  if (!stoodInside || !isLost()) return;
  const heading = detail.elt.querySelector('h1, h2, h3') ?? document.querySelector('#main h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
});
