// Native popovers, put beside their button. Browsers without them (older WeChat) get a class.
const native = 'showPopover' in HTMLElement.prototype;
const MARGIN = 16;
const GAP = 8;

const openers = new WeakMap();
const openerOf = (popover) => openers.get(popover) ?? document.querySelector(`[popovertarget="${popover.id}"]`);

function place(popover) {
  const beside = openerOf(popover)?.getBoundingClientRect();
  if (!beside) return;
  const { offsetWidth: width, offsetHeight: height } = popover;
  const left = Math.min(beside.left + beside.width / 2 - width / 2, innerWidth - width - MARGIN);
  const below = beside.bottom + GAP;
  popover.style.left = `${Math.max(MARGIN, left)}px`;
  popover.style.top = `${below + height > innerHeight ? Math.max(MARGIN, beside.top - height - GAP) : below}px`;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[popovertarget]');
  const popover = button && document.getElementById(button.getAttribute('popovertarget'));
  if (popover) openers.set(popover, button);
  if (native) return;
  document.querySelectorAll('[popover].shown').forEach((shown) => {
    if (shown !== popover && !shown.contains(event.target)) shown.classList.remove('shown');
  });
  if (popover?.classList.toggle('shown')) place(popover);
}, true);

document.addEventListener('toggle', (event) => {
  if (event.newState === 'open' && event.target.matches?.('[popover]')) place(event.target);
}, true);

document.addEventListener('keydown', ({ key }) => {
  if (native || key !== 'Escape') return;
  document.querySelectorAll('[popover].shown').forEach((shown) => {
    shown.classList.remove('shown');
    openerOf(shown)?.focus();
  });
});
