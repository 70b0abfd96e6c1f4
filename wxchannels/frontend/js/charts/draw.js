// Draws a figure from its table twin, and again when the theme, the size or the metric changes.
import { init } from './echarts.js';
import { kinds } from './kinds.js';
import { readTwin } from './twin.js';

const drawn = new Map();
const calm = matchMedia('(prefers-reduced-motion: reduce)');

function paint(figure, isMoving = !calm.matches) {
  const options = kinds[figure.dataset.chart](readTwin(figure), figure.dataset);
  drawn.get(figure).setOption({ ...options, animation: isMoving }, true);
}

export function draw(figure) {
  if (drawn.has(figure) || !(figure.dataset.chart in kinds)) return;
  const canvas = figure.querySelector('.chart-c');
  const chart = init(canvas, null, { renderer: 'canvas' });
  drawn.set(figure, chart);
  paint(figure);
  figure.classList.add('drawn');
  figure.querySelector('.twin').open = false;
  figure.addEventListener('redraw', () => paint(figure));
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

new MutationObserver(() => drawn.forEach((chart, figure) => {
  if (figure.isConnected) paint(figure);
})).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] });

// A twin that htmx replaced has newer figures.
document.addEventListener('htmx:load', ({ detail }) => {
  const figure = detail.elt.closest('[data-chart]');
  if (drawn.has(figure)) paint(figure, false);
});

// What htmx takes away is given back to the browser.
document.addEventListener('htmx:beforeCleanupElement', ({ detail }) => {
  drawn.forEach((chart, figure) => {
    if (!detail.elt.contains(figure)) return;
    chart.dispose();
    drawn.delete(figure);
  });
});
