// Ticked rows and the bar that acts on them. Without a script the bar is simply always there.
import { onAct, onContent } from './content.js';

const ticks = () => [...document.querySelectorAll('.row-tick')];
let last = null;

function show() {
  const all = ticks();
  const chosen = all.filter((tick) => tick.checked);
  all.forEach((tick) => tick.closest('tr').classList.toggle('sel', tick.checked));
  const head = document.querySelector('.all-tick');
  if (head) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  document.querySelectorAll('.batch').forEach((bar) => { bar.hidden = !chosen.length; });
  document.querySelectorAll('.batch-n').forEach((count) => { count.textContent = chosen.length; });
}

function span(from, to, checked) {
  const all = ticks();
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  if (start >= 0) all.slice(start, end + 1).forEach((tick) => { tick.checked = checked; });
}

document.addEventListener('click', ({ target, shiftKey }) => {
  if (!target.matches?.('.row-tick')) return;
  if (shiftKey && last) span(last, target, target.checked);
  last = target;
  show();
});

document.addEventListener('change', ({ target }) => {
  if (!target.matches?.('.all-tick')) return;
  ticks().forEach((tick) => { tick.checked = target.checked; });
  show();
});

onAct('unselect', () => {
  ticks().forEach((tick) => { tick.checked = false; });
  show();
  document.querySelector('.all-tick')?.focus();
});

onContent(show);
