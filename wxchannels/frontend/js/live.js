// htmx under a strict CSP, and polling that rests while nobody looks.
import htmx from 'htmx.org';

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0, // pages hold people's figures: nothing of them stays in the browser
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
});

// A form with mistakes comes back as 422, and a refusal says why: both are shown.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '[23]..', swap: true },
  { code: '422', swap: true },
  { code: '[45]..', swap: false, error: true },
];

const polls = (element) => /\bevery\b/.test(element.getAttribute('hx-trigger') ?? '');

document.addEventListener('htmx:beforeRequest', (event) => {
  const { elt } = event.detail;
  if (!polls(elt) || event.detail.requestConfig.triggeringEvent) return;
  if (document.hidden || elt.matches(':hover, :focus-within')) event.preventDefault();
});

// Whoever returns to the tab sees the present at once.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  document.querySelectorAll('[hx-trigger*="every"]').forEach((element) => htmx.trigger(element, 'visible-again'));
});
