// Forms that ask WeChat for something lasting: pressed once, the buttons rest.
const buttons = (form) => form.querySelectorAll('[type="submit"]');

document.addEventListener('submit', ({ target, defaultPrevented }) => {
  if (defaultPrevented || !('once' in target.dataset)) return;
  // After the browser has read the form: a button that rests is not sent along.
  setTimeout(() => buttons(target).forEach((button) => { button.disabled = true; }));
});

// Gone back to, a page comes as it was left.
addEventListener('pageshow', () => {
  document.querySelectorAll('[data-once]').forEach((form) => {
    buttons(form).forEach((button) => { button.disabled = false; });
  });
});
