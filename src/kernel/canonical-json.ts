/** What a hashed text is made of: texts, lists and objects. Numbers are written as texts. */
export type Canonical = string | readonly Canonical[] | { readonly [name: string]: Canonical };

/** The one way to write a value as JSON: names in the order of their characters, no spaces (RFC 8785). */
export function canonicalJson(value: Canonical): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}
