// Bundles the style sheet, the scripts and the font into ../static/dist, which is not in git.
import { readFile, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';
import { namesIn, onlyNamed } from './tabler.mjs';

const folder = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = folder('../static/dist');
const pages = ['../templates', '../web', '../sandbox', 'js'].map(folder);

// The dark theme is written once, for data-bs-theme="dark". A first visit has no such
// attribute and follows the system, without a script: the same rules, repeated.
const followTheSystem = {
  name: 'follow-the-system',
  setup({ onLoad }) {
    onLoad({ filter: /css\/dark\.css$/ }, async ({ path }) => {
      const chosen = await readFile(path, 'utf8');
      const unset = chosen.replaceAll('[data-bs-theme="dark"]', ':root:not([data-bs-theme])');
      return { loader: 'css', contents: `${chosen}\n@media screen and (prefers-color-scheme: dark) {\n${unset}\n}\n` };
    });
  },
};

const onlyWhatPagesName = {
  name: 'only-what-pages-name',
  setup({ onLoad }) {
    onLoad({ filter: /tabler\.css$/ }, async ({ path }) => {
      const [tabler, names] = await Promise.all([readFile(path, 'utf8'), namesIn(pages)]);
      return { loader: 'css', contents: onlyNamed(tabler, names) };
    });
  },
};

const options = {
  entryPoints: ['js/app.js', 'js/theme.js', 'css/app.css'],
  outdir: dist,
  bundle: true,
  splitting: true, // the charts are a bundle of their own
  format: 'esm',
  minify: true,
  target: ['chrome87', 'safari15', 'firefox91'],
  loader: { '.woff2': 'file' },
  entryNames: '[name]',
  assetNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  legalComments: 'linked',
  logLevel: 'info',
  plugins: [followTheSystem, onlyWhatPagesName],
};

if (process.argv.includes('--watch')) {
  await (await context(options)).watch();
} else {
  // Pages are being shown meanwhile: first what is new, then away with what is old.
  const { metafile } = await build({ ...options, metafile: true });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of await readdir(dist)) if (!made.has(name)) await rm(join(dist, name), { recursive: true });
}
