// The table twin is the data: page and chart cannot disagree.
const number = (cell) => {
  const value = Number(cell.textContent.trim().replace(/,/g, '').replace('−', '-').replace(/^\+/, '').replace('%', '') || NaN);
  return Number.isFinite(value) ? value : null;
};

export function readTwin(figure) {
  const columns = [...figure.querySelectorAll('thead [data-k]')].map((head) => ({ key: head.dataset.k, title: head.dataset.title ?? head.textContent.trim() }));
  const rows = [...figure.querySelectorAll('tbody tr')].map((row) => {
    const cells = [...row.querySelectorAll('td')];
    return {
      at: row.querySelector('th').dataset.d,
      note: row.dataset.note ?? '',
      open: 'partial' in row.dataset,
      values: Object.fromEntries(columns.map(({ key }, index) => [key, number(cells[index])])),
    };
  });
  const { until } = figure.querySelector('table').dataset;
  return { columns, rows, until, title: Object.fromEntries(columns.map(({ key, title }) => [key, title])) };
}
