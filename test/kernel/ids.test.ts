import fc from 'fast-check';
import { ID_PREFIX, type IdKind, newId, parseIdOf, parsePublicId, toPublicId } from '../../src/kernel/ids.ts';

const kinds = Object.keys(ID_PREFIX).filter((key): key is IdKind => key in ID_PREFIX);

test('every kind of id has a prefix of three letters of its own', () => {
  expect(new Set(Object.values(ID_PREFIX)).size).toBe(kinds.length);
  expect(Object.values(ID_PREFIX).every((prefix) => /^[a-z]{3}$/.test(prefix))).toBe(true);
});

test('a public id leads back to what it was made of', () => {
  fc.assert(
    fc.property(fc.constantFrom(...kinds), fc.uuid(), (kind, uuid) => {
      const id = toPublicId(kind, uuid);
      expect(id).toMatch(/^[a-z]{3}_[0-9a-f]{32}$/);
      expect(parsePublicId(id)).toEqual({ kind, uuid });
      for (const other of kinds) expect(parseIdOf(other, id)).toBe(other === kind ? uuid : undefined);
    }),
  );
});

test('anything else is no id, and nothing throws', () => {
  fc.assert(fc.property(fc.string(), (text) => expect(parsePublicId(text)).toBeUndefined()));
  const good = toPublicId('Member', newId());
  for (const bad of [
    good.slice(1),
    `${good}0`,
    good.toUpperCase(),
    good.replace('_', '-'),
    `zzz${good.slice(3)}`,
    ` ${good}`,
    `${good}\n`,
  ]) {
    expect(parsePublicId(bad)).toBeUndefined();
  }
});

test('new ids differ, and sort in the order in which they were made', () => {
  const ids = Array.from({ length: 1_000 }, newId);
  expect(new Set(ids).size).toBe(1_000);
  expect([...ids].sort()).toEqual(ids);
});
