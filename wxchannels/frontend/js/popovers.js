// Native popovers, put beside their button, or in the middle where that is out of sight.
// Browsers without them (older WeChat) get a class.
const native = 'showPopover' in HTMLElement.prototype;
const MARGIN = 16;
const GAP = 8;

export const openPopover = () => document.querySelector(native ? ':popover-open' : '[popover].shown');

const openers = new WeakMap();
const openerOf = (popover) => openers.get(popover) ?? document.querySelector(`[popovertarget="${popover.id}"]`);

function place(popover) {
  const beside = openerOf(popover)?.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  let left = (innerWidth - width) / 2;
  let top = (innerHeight - height) / 2;
  if (beside && beside.bottom > 0 && beside.top < innerHeight) {
    const below = beside.bottom + GAP;
    left = Math.min(beside.left + beside.width / 2 - width / 2, innerWidth - width - MARGIN);
    top = below + height > innerHeight ? beside.top - height - GAP : below;
  }
  popover.style.left = `${Math.max(MARGIN, left)}px`;
  popover.style.top = `${Math.max(MARGIN, top)}px`;
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[popovertarget]');
  const popover = button && document.getElementById(button.getAttribute('popovertarget'));
  if (popover) openers.set(popover, button);
  if (native) return;
  document.querySelectorAll('[popover].shown').forEach((shown) => {
    if (shown !== popover && !shown.contains(event.target)) shown.classList.remove('shown');
  });
  if (!popover?.classList.toggle('shown')) return;
  place(popover);
  popover.querySelector('[autofocus]')?.focus();
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
