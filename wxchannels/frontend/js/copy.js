// Buttons that copy data-text. The clipboard API exists only on https and localhost.
import { onAct } from './content.js';
import { toast } from './toasts.js';
import { word } from './words.js';

function copyByHand(text) {
  const field = document.createElement('textarea');
  field.value = text;
  field.className = 'sr';
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}

onAct('copy', async (button) => {
  const { text } = button.dataset;
  const done = navigator.clipboard
    ? await navigator.clipboard.writeText(text).then(() => true, () => copyByHand(text))
    : copyByHand(text);
  button.focus();
  toast(word(done ? 'copied' : 'copyFailed'));
});
