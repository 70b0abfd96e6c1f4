// The kinds of chart. Each turns a table twin into ECharts' options.
import { bars, comparison, line, notes, withSign } from './series.js';
import { css, frame } from './style.js';

const LIFE = 'net_follows';

function lifeCycle(twin) {
  return [
    bars('new_follows', twin),
    bars('refollows', twin, { radius: [2, 2, 0, 0] }),
    bars('unfollows', twin, { sign: -1, radius: [0, 0, 2, 2] }),
    ...line(LIFE, twin, { width: 1.75, format: withSign }),
  ];
}

function oneMetric(metric, twin) {
  const previous = `${metric}_prev`;
  const series = line(metric, twin, { area: true });
  return previous in twin.title ? [comparison(previous, twin), ...series] : series;
}

export const kinds = {
  lifecycle(twin, { metric = LIFE }) {
    const { rows, until } = twin;
    const options = frame(rows, until);
    const life = metric === LIFE || !(metric in twin.title);
    options.series = life ? lifeCycle(twin) : oneMetric(metric, twin);
    options.series[life ? 0 : options.series.length - 1].markLine = notes(rows, until);
    if (life) options.xAxis.axisLine = { onZero: true, lineStyle: { color: css('--ink-3') } };
    return options;
  },
};
