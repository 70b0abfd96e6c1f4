// Runs before the first paint. A theme that was chosen is already written by the server;
// otherwise the system decides.
{
  const root = document.documentElement;
  root.classList.add('js');
  if (!root.dataset.bsTheme && matchMedia('(prefers-color-scheme: dark)').matches) root.dataset.bsTheme = 'dark';
  // Should the rest of the scripts never arrive, the page falls back to what works without them.
  addEventListener('load', () => { if (!root.dataset.ready) root.classList.remove('js'); });
}
