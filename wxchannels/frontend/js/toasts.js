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

export function toast(text) {
  const element = document.createElement('div');
  element.className = 'toast-x';
  element.textContent = text;
  box()?.append(element);
  leaveLater(element);
}

onContent((content) => content.querySelectorAll('.toast-x').forEach(leaveLater));
document.addEventListener('toast', ({ detail }) => toast(detail.text));
