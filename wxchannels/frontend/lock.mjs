// Takes the registry's addresses out of the lock: it pins what is installed, not from where.
import { readFile, writeFile } from 'node:fs/promises';

const path = new URL('package-lock.json', import.meta.url);
const lock = JSON.parse(await readFile(path, 'utf8'));
Object.values(lock.packages).forEach((entry) => { delete entry.resolved; });
await writeFile(path, `${JSON.stringify(lock, null, 2)}\n`);
