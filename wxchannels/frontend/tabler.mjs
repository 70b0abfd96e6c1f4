// Takes from Tabler's style sheet what our pages name: a tenth of it. A class counts as named
// where its name stands anywhere in a template, a script or the Python of the pages.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const SOURCES = /\.(html|js|py)$/;
const KEPT_WHOLE = /^@(keyframes|property|font-face)/;

export async function namesIn(folders) {
  const names = new Set();
  for (const folder of folders) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !SOURCES.test(entry.name)) continue;
      const text = await readFile(join(entry.parentPath, entry.name), 'utf8');
      text.match(/[\w-]+/g)?.forEach((name) => names.add(name));
    }
  }
  return names;
}

export function onlyNamed(css, names) {
  return keep(css.replace(/\/\*(?!!)[\s\S]*?\*\//g, ''), names);
}

function keep(css, names) {
  let kept = '';
  let at = 0;
  while (at < css.length) {
    const open = css.indexOf('{', at);
    if (open < 0) return kept + css.slice(at);
    const close = endOfBlock(css, open);
    kept += keepBlock(css.slice(at, open), css.slice(open + 1, close), names);
    at = close + 1;
  }
  return kept;
}

function keepBlock(before, inside, names) {
  // Statements such as @charset, and licences, stand before a selector.
  const [, statements, selector] = /^([\s\S]*(?:;|\*\/))?([\s\S]*)$/.exec(before);
  const head = statements ?? '';
  const trimmed = selector.trim();
  if (KEPT_WHOLE.test(trimmed)) return `${head}${trimmed}{${inside}}\n`;
  if (trimmed.startsWith('@')) {
    const kept = keep(inside, names).trim();
    return kept ? `${head}${trimmed}{${kept}}\n` : head;
  }
  const chosen = split(trimmed).filter((part) => isNamed(part, names));
  return chosen.length ? `${head}${chosen.join(',')}{${inside}}\n` : head;
}

function endOfBlock(css, open) {
  let depth = 0;
  for (let at = open; at < css.length; at += 1) {
    const quote = css[at];
    if (quote === '"' || quote === "'") {
      for (at += 1; at < css.length && css[at] !== quote; at += 1) if (css[at] === '\\') at += 1;
    } else if (quote === '{') depth += 1;
    else if (quote === '}') {
      depth -= 1;
      if (!depth) return at;
    }
  }
  throw new Error('Tabler’s style sheet ends within a block.');
}

// Commas within :is(…) and [data-x="a,b"] do not separate selectors.
function split(selectors) {
  const parts = [''];
  let depth = 0;
  for (const character of selectors) {
    if ('(['.includes(character)) depth += 1;
    if (')]'.includes(character)) depth -= 1;
    if (character === ',' && !depth) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}

function isNamed(selector, names) {
  const needed = selector.replace(/:not\([^)]*\)/g, '').match(/\.(?:\\.|[\w-])+/g) ?? [];
  return needed.every((name) => names.has(name.slice(1).replaceAll('\\', '')));
}
