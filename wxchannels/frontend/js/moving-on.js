// A link with data-act="move-on" leads from one part of a draft to another (data-to). What was
// typed into its form (data-for) and not saved is saved on the way.
import { onAct } from './content.js';

const changed = (field) => {
  if (field.type === 'radio' || field.type === 'checkbox') return field.checked !== field.defaultChecked;
  return field.type !== 'hidden' && 'defaultValue' in field && field.value !== field.defaultValue;
};

onAct('move-on', (link, event) => {
  const form = document.getElementById(link.dataset.for);
  if (event.ctrlKey || event.metaKey || !form) return;
  if (!('unsaved' in form.dataset) && ![...form.elements].some(changed)) return;
  event.preventDefault();
  form.elements.then.value = link.dataset.to;
  form.requestSubmit(form.querySelector('[value="save"]'));
});
