// How every chart looks. Colours come from the style sheet, so both themes follow it.
import { short, weekday } from '../words.js';

const root = document.documentElement;
export const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();

const TOKENS = {
  new_follows: '--m-new', refollows: '--m-re', unfollows: '--m-unf', net_follows: '--m-net',
  scans: '--m-scans', follower_scans: '--m-fs',
};
export const colour = (metric) => css(TOKENS[metric] ?? '--compare');

const label = () => ({ color: css('--ink-3'), fontSize: 11 });

const tooltip = () => ({
  trigger: 'axis',
  renderMode: 'richText', // HTML tooltips break the CSP and would print channel names as markup
  confine: true,
  axisPointer: { type: 'shadow', shadowStyle: { color: css('--ink'), opacity: 0.045 } },
  backgroundColor: css('--surface'),
  borderColor: css('--line-2'),
  borderWidth: 1,
  padding: [10, 14],
  textStyle: { color: css('--ink'), fontSize: 12, fontFamily: css('--font') },
  shadowBlur: 16,
  shadowColor: 'rgba(20, 18, 30, .16)',
  shadowOffsetY: 6,
});

// In richText mode a formatter of ours could bring no styles, so the whole name is the category
// and the axis shortens it.
export const category = ({ at, note, open }, until) => [`${at} ${weekday(at)}`.trim(), note, open ? until : ''].filter(Boolean).join(' · ');
const isMidnight = (at) => at.endsWith(' 00:00');
// An hour is named by its time, midnight by the day that begins.
const shortName = (name) => {
  const at = name.replace(/ · .*/, '');
  const [, day, time] = at.match(/^\d{4}-(\d\d-\d\d)(?: (\d\d:\d\d))?/) ?? [];
  return (isMidnight(at) ? day : time) ?? day ?? at;
};
const TWO_DAYS_OF_HOURS = 50;

const daysOnly = (rows) => (rows.length > TWO_DAYS_OF_HOURS && rows.some(({ at }) => isMidnight(at)) ? (index) => isMidnight(rows[index].at) : 'auto');

export const frame = (rows, until) => ({
  animationDuration: 250,
  aria: { enabled: false },
  textStyle: { fontFamily: css('--font'), color: css('--ink-3') },
  grid: { left: 4, right: 8, top: rows.some((row) => row.note) ? 30 : 10, bottom: 4, containLabel: true },
  tooltip: tooltip(),
  xAxis: {
    type: 'category',
    data: rows.map((row) => category(row, until)),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: css('--line-2') } },
    axisLabel: { ...label(), margin: 10, hideOverlap: true, formatter: shortName, interval: daysOnly(rows) },
  },
  yAxis: {
    type: 'value',
    splitNumber: 4,
    minInterval: 1,
    max: ({ min, max }) => (min === 0 && max === 0 ? 4 : null), // zeros lie on an axis, too
    axisLabel: { ...label(), formatter: short },
    splitLine: { lineStyle: { color: css('--grid') } },
  },
});
