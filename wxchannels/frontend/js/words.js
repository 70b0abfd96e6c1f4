// Words and number formats in the page's language. The server writes the words.
const root = document.documentElement;
const written = JSON.parse(root.dataset.words || '{}');

export const word = (key) => written[key] ?? '';

const minus = (text) => text.replace('-', '−');
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(root.lang, { notation: 'compact', maximumFractionDigits: 1 });
const dayOfWeek = new Intl.DateTimeFormat(root.lang, { weekday: 'short', timeZone: 'UTC' });

export const exact = (value) => minus(whole.format(value));
export const signed = (value) => (value > 0 ? '+' : '') + exact(value);
// Only for axes: 1.2万 or 12k. Tables and tooltips are exact.
export const short = (value) => (Math.abs(value) >= 1e4 ? minus(compact.format(value)).replace('K', 'k') : exact(value));
export const weekday = (day) => (/^\d{4}-\d\d-\d\d$/.test(day) ? dayOfWeek.format(new Date(day)) : '');
