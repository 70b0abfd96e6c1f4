// Bars and lines that show an unfinished bucket as unfinished and a missing one as a gap.
import { exact, signed, word } from '../words.js';
import { category, colour, css } from './style.js';

const orNoData = (format) => (value) => (value == null ? word('noData') : format(value));
export const exactly = orNoData((value) => exact(Math.abs(value)));
export const withSign = orNoData(signed);

const hatched = (color) => ({
  color,
  opacity: 0.55,
  decal: { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4, color: css('--surface') },
});

export function bars(metric, { rows, title }, { sign = 1, radius } = {}) {
  const color = colour(metric);
  return {
    id: metric,
    name: title[metric],
    type: 'bar',
    stack: 'life',
    barMaxWidth: 20,
    barCategoryGap: '34%',
    color,
    itemStyle: { color, borderRadius: radius },
    tooltip: { valueFormatter: exactly },
    data: rows.map(({ values, open }) => ({
      value: values[metric] == null ? null : sign * values[metric],
      itemStyle: open ? hatched(color) : undefined,
    })),
  };
}

// Three series: an invisible one that the tooltip reads, the solid part, the dotted part to the
// unfinished bucket.
export function line(metric, { rows, title }, { width = 2, format = exactly, area = false } = {}) {
  const color = colour(metric);
  const last = rows.length - 1;
  const open = last >= 0 && rows[last].open;
  const points = rows.map(({ values }) => values[metric]);
  const common = { type: 'line', z: 5, symbol: 'circle', color, itemStyle: { color }, connectNulls: false };
  const drawn = { ...common, silent: true, tooltip: { show: false } };
  const series = [
    { ...common, id: metric, name: title[metric], symbolSize: 5, showSymbol: false, lineStyle: { opacity: 0 }, tooltip: { valueFormatter: format }, data: points },
    { ...drawn, id: `${metric}-solid`, showSymbol: rows.length === 1, symbolSize: 6, lineStyle: { width, color }, areaStyle: area ? { color, opacity: 0.08 } : undefined, data: points.map((value, index) => (open && index === last ? null : value)) },
  ];
  if (open) {
    series.push({
      ...drawn,
      id: `${metric}-open`,
      symbolSize: (value, { dataIndex }) => (dataIndex === last ? 6 : 0),
      lineStyle: { width, color, type: [2, 4] },
      itemStyle: { color: css('--surface'), borderColor: color, borderWidth: 2 },
      data: points.map((value, index) => (index >= last - 1 ? value : null)),
    });
  }
  return series;
}

export const comparison = (metric, { rows, title }) => ({
  id: metric,
  name: title[metric],
  type: 'line',
  symbol: 'none',
  color: css('--compare'),
  lineStyle: { width: 1.5, color: css('--compare') },
  tooltip: { valueFormatter: exactly },
  data: rows.map(({ values }) => values[metric]),
});

export const notes = (rows, until) => ({
  silent: true,
  symbol: 'none',
  lineStyle: { color: css('--ink-3'), type: [2, 3], width: 1, opacity: 0.7 },
  label: { formatter: ({ name }) => name, color: css('--ink-2'), fontSize: 11, position: 'end', distance: 5 },
  data: rows.filter(({ note }) => note).map((row) => ({ xAxis: category(row, until), name: row.note })),
});
