// The switch is a link that asks the server for the other theme; here it works at once.
import { onAct } from './content.js';

const root = document.documentElement;
const YEAR = 365 * 24 * 60 * 60;

onAct('theme', (link, event) => {
  event.preventDefault();
  const theme = link.dataset.theme;
  root.dataset.bsTheme = theme;
  const secure = location.protocol === 'https:' ? '; Secure' : '';
  document.cookie = `theme=${theme}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  document.querySelector(`[data-act="theme"]:not([data-theme="${theme}"])`)?.focus();
});

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
  if (!/(^|; )theme=/.test(document.cookie)) root.dataset.bsTheme = matches ? 'dark' : 'light';
});
