/** An object as a jsonb column keeps it: whole numbers beyond JSON's as decimal strings, instants as text, nothing undefined. */
export function toStoredJson(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? part.toString() : part)));
}
