// Everything here is an upgrade: the pages work without it.
import { onContent } from './content.js';
import './live.js';
import './focus.js';
import './theme-switch.js';
import './toasts.js';
import './popovers.js';
import './menus.js';
import './shortcuts.js';
import './copy.js';
import './selection.js';
import './mirror.js';
import './link-maker.js';
import './metric-switch.js';
import './moving-on.js';
import './once.js';

document.documentElement.dataset.ready = 'yes';

// On a phone the tab one is on may be outside its strip.
document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });

// ECharts is large: it comes only where a page has a chart.
onContent((content) => {
  const figures = [...content.querySelectorAll('[data-chart]:not(.drawn)')];
  if (!figures.length) return;
  import('./charts/draw.js').then(
    ({ draw }) => figures.forEach(draw),
    () => document.documentElement.classList.remove('js'), // the tables stand in
  );
});
