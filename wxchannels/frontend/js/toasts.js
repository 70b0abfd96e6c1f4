// Short messages. The server renders them; here they learn to go, and htmx answers can add some
// with the header HX-Trigger: {"toast": {"text": "…"}}.
import { onContent } from './content.js';

const STAY = 4000;
const STAY_WITH_UNDO = 8000;

const box = () => document.querySelector('.toasts');

function leaveLater(toast) {
  const stay = toast.querySelector('form, button') ? STAY_WITH_UNDO : STAY;
  let timer = setTimeout(() => toast.remove(), stay);
  const wait = () => clearTimeout(timer);
  const goOn = () => { wait(); timer = setTimeout(() => toast.remove(), stay); };
  toast.addEventListener('mouseenter', wait);
  toast.addEventListener('mouseleave', goOn);
  toast.addEventListener('focusin', wait);
  toast.addEventListener('focusout', goOn);
}

// offer: a button's label and what it does.
export function toast(text, offer = null) {
  const element = document.createElement('div');
  element.className = 'toast-x';
  element.textContent = text;
  if (offer) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = offer.label;
    button.addEventListener('click', () => { element.remove(); offer.act(); });
    element.append(button);
  }
  box()?.append(element);
  leaveLater(element);
  return element;
}

onContent((content) => content.querySelectorAll('.toast-x').forEach(leaveLater));
document.addEventListener('toast', ({ detail }) => toast(detail.text));
