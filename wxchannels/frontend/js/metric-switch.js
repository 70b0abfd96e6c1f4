// The cards above a chart are links to ?metric=…; where the table twin already holds the figures,
// the chart changes without a request and the address follows.
import htmx from 'htmx.org';
import { onAct } from './content.js';

function showKeys(figure, metric) {
  const scope = figure.closest('.card') ?? document;
  scope.querySelectorAll('[data-legend]').forEach((list) => {
    list.hidden = list.dataset.legend !== (metric === 'net_follows' ? 'life' : 'line');
  });
  const swatch = scope.querySelector('[data-legend="line"] .sw');
  if (swatch) swatch.className = `sw sw-${metric} line`;
}

// Whatever else of this page leads on to this page keeps the metric.
function lead(metric) {
  document.querySelectorAll('#main a[href*="?"]:not([data-act="metric"])').forEach((link) => {
    const to = new URL(link.href);
    if (to.origin + to.pathname !== location.origin + location.pathname) return;
    to.searchParams.set('metric', metric);
    link.setAttribute('href', to.pathname + to.search + to.hash);
    htmx.process(link);
  });
  document.querySelectorAll('#main form[method="get"]').forEach((form) => {
    if (new URL(form.action).pathname !== location.pathname) return;
    const field = form.elements.metric ?? form.appendChild(Object.assign(document.createElement('input'), { type: 'hidden', name: 'metric' }));
    field.value = metric;
  });
}

onAct('metric', (card, event) => {
  const figure = document.getElementById(card.dataset.for);
  const { value } = card.dataset;
  if (event.ctrlKey || event.metaKey || !figure?.classList.contains('drawn') || !figure.querySelector(`[data-k="${value}"]`)) return;
  event.preventDefault();
  document.querySelectorAll(`[data-act="metric"][data-for="${figure.id}"]`).forEach((other) => other.removeAttribute('aria-current'));
  card.setAttribute('aria-current', 'true');
  figure.dataset.metric = value;
  showKeys(figure, value);
  figure.dispatchEvent(new Event('redraw'));
  history.replaceState(history.state, '', card.href);
  lead(value);
});
