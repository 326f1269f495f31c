import { globSync, readFileSync } from 'node:fs';

const read = (name: string): string => readFileSync(name, 'utf8');

/** Named constraints, and the names under which triggers refuse, of the migrations that came after the first coalition stood. */
const named = globSync('migrations/*.sql')
  .filter((name) => name >= 'migrations/0008')
  .flatMap((name) => [...read(name).matchAll(/(?<!drop )\bconstraint (?:= ')?([a-z_]+)/g)].map(([, constraint = '']) => constraint));
const tests = globSync('test/**/*.ts').map(read).join('\n');

test('every constraint is broken by some test, which shows that it is refused by its name', () => {
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((name) => !new RegExp(`\\b${name}\\b`).test(tests))).toEqual([]);
});
