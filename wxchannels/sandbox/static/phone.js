// Upgrades of the phone page: it works without them.
const YEAR = 365 * 24 * 60 * 60;
const POLL = 2000;
const $ = (selector) => document.querySelector(selector);

// The newest line is what one wants to see.
function showNewest() {
  for (const box of document.querySelectorAll('#chat, #wire')) box.scrollTop = box.scrollHeight;
}

// Puts the page that the server sent in the place of this one, but what is being typed stays.
function show(html, url) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  const main = fresh.querySelector('#main');
  if (!main) return location.assign(url);
  const focused = document.activeElement?.id;
  $('#main').replaceChildren(...main.childNodes);
  if (url) history.replaceState(null, '', url);
  showNewest();
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function send(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  document.body.setAttribute('aria-busy', 'true');
  try {
    const answer = await fetch(form.action, { method: 'POST', body });
    show(await answer.text(), answer.url);
    // On a narrow screen the phone is further down.
    if (form.matches('[data-to-phone]')) $('#phone')?.scrollIntoView({ block: 'nearest' });
  } finally {
    document.body.removeAttribute('aria-busy');
  }
}

document.addEventListener('submit', (event) => {
  if (event.target.method !== 'post') return;
  event.preventDefault();
  send(event.target, event.submitter);
});

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-at-once]');
  if (form) form.requestSubmit();
});

// One menu at a time.
document.addEventListener('click', (event) => {
  for (const open of document.querySelectorAll('.phone-buttons details[open]')) {
    if (!open.contains(event.target)) open.open = false;
  }
  const theme = event.target.closest('[data-theme]')?.dataset.theme;
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.bsTheme = theme;
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax`;
});

// Looks whether something happened elsewhere, unless somebody is typing or looking away.
async function look() {
  const page = $('[data-stamp]');
  const typing = document.activeElement?.matches('input:not([type="checkbox"])') && document.activeElement.value;
  if (page && !typing && !document.hidden) {
    const stamp = await (await fetch(page.dataset.stampUrl)).text();
    if (stamp !== page.dataset.stamp) show(await (await fetch(location.href)).text(), '');
  }
}

// The simulated clock runs like any other: "2026-11-12 14:32:07", in Shanghai.
function tick() {
  const now = $('#now[data-runs]');
  if (!now) return;
  const next = new Date(new Date(`${now.textContent.trim().replace(' ', 'T')}Z`).getTime() + 1000);
  now.textContent = next.toISOString().slice(0, 19).replace('T', ' ');
}

setInterval(tick, 1000);
setInterval(() => look().catch(() => {}), POLL);
document.documentElement.dataset.ready = 'yes';
document.documentElement.classList.add('js');
showNewest();
