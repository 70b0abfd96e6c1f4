// Menus made of <details> close on a click elsewhere and on Escape, which returns the focus.
const open = () => document.querySelectorAll('details.menu[open]');

document.addEventListener('click', ({ target }) => open().forEach((menu) => {
  if (!menu.contains(target)) menu.open = false;
}));

document.addEventListener('keydown', ({ key }) => {
  if (key !== 'Escape') return;
  open().forEach((menu) => {
    menu.open = false;
    menu.querySelector('summary').focus();
  });
  // The drawer of a phone is a link target: close it where it was opened.
  if (location.hash === '#nav') {
    location.hash = '#main';
    document.querySelector('a[href="#nav"]')?.focus();
  }
});
