// The page's content: what is there at first, and what htmx puts in later.

export function onContent(act) {
  act(document);
  document.addEventListener('htmx:load', ({ detail }) => { if (detail.elt !== document.body) act(detail.elt.parentElement ?? detail.elt); });
}

// One listener for every present and future element with data-act="name".
export function onAct(name, act) {
  document.addEventListener('click', (event) => {
    const element = event.target.closest?.(`[data-act="${name}"]`);
    if (element) act(element, event);
  });
}
