// htmx under a strict CSP, and polling that rests while nobody looks.
import htmx from 'htmx.org';
import { toast } from './toasts.js';
import { word } from './words.js';

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  allowScriptTags: false,
  attributesToSettle: [], // style is among the usual ones, and no attribute may set it
  historyCacheSize: 0, // pages hold people's figures: nothing of them stays in the browser
  refreshOnHistoryMiss: true, // going back loads the page, or what stands for it: a sign-in leads there
  selfRequestsOnly: true,
  scrollIntoViewOnBoost: false,
  timeout: 30_000,
});

// A form with mistakes comes back as 422, and a refusal says why: both are shown.
htmx.config.responseHandling = [
  { code: '204', swap: false },
  { code: '[23]..', swap: true },
  { code: '422', swap: true },
  { code: '[45]..', swap: false, error: true },
];

const polls = (element) => /\bevery\b/.test(element.getAttribute('hx-trigger') ?? '');
// Focus that a mouse left behind is no use of anything.
const isUsed = (element) => element.matches(':hover') || element.querySelector(':focus-visible') !== null;
const isInUse = () => [...document.querySelectorAll('[data-live]')].some(isUsed);

document.addEventListener('htmx:beforeRequest', (event) => {
  const { elt } = event.detail;
  if (!polls(elt) || event.detail.requestConfig.triggeringEvent) return;
  // All or nothing: no part may be newer than what the page says it is of.
  if (document.hidden || isUsed(elt) || isInUse()) event.preventDefault();
});

// What keeps a page up to date asks for what the address says by now.
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (detail.elt.matches('[hx-get=""]')) detail.path = location.pathname + location.search;
});

// Nothing moves under hands that came while the answer was on its way, and what did not change stays.
document.addEventListener('htmx:oobBeforeSwap', ({ detail }) => {
  const { target, fragment } = detail;
  if (isInUse() || fragment.firstElementChild?.isEqualNode(target)) detail.shouldSwap = false;
});

// Whoever returns to the tab sees the present at once.
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  document.querySelectorAll('[hx-trigger*="every"]').forEach((element) => htmx.trigger(element, 'visible-again'));
});

// Without an answer the page stays as it was, so it is said: once, and for polls not again until one succeeds.
let said = null;
let pollsFail = false;

function sayThatItFailed({ detail: { elt, xhr, requestConfig } }) {
  if (said?.isConnected || (polls(elt) && pollsFail)) return;
  pollsFail ||= polls(elt);
  const isRefused = xhr.status >= 400 && xhr.status < 500;
  const again = isRefused
    ? () => location.reload()
    : () => htmx.ajax(requestConfig.verb, requestConfig.path, { source: elt, event: requestConfig.triggeringEvent });
  said = toast(word(isRefused ? 'refused' : 'noAnswer'), { label: word('tryAgain'), act: again });
}

['htmx:sendError', 'htmx:timeout', 'htmx:responseError'].forEach((name) => document.addEventListener(name, sayThatItFailed));
document.addEventListener('htmx:afterOnLoad', ({ detail }) => { if (polls(detail.elt)) pollsFail = false; });
