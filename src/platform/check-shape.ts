import type { z } from 'zod';
import { done, type Outcome, refused } from '../kernel/refusal.ts';

/** An input without the fields that were given as null: null and left out mean the same. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null && part !== undefined)
      .map(([name, part]) => [name, withoutNulls(part)]),
  );
}

/** The input in the shape that a schema asks for, or a refusal that points at its first fault; `root` is the path of the input. */
export function checkShape<Schema extends z.ZodType>(schema: Schema, input: unknown, root = ''): Outcome<z.output<Schema>> {
  const checked = schema.safeParse(withoutNulls(input));
  if (checked.success) return done(checked.data);
  const [issue] = checked.error.issues;
  const field = [...root.split('.'), ...(issue?.path ?? []).map(String)].filter((part) => part !== '');
  return refused('VALIDATION', issue?.message ?? 'This is malformed.', field.length === 0 ? {} : { field });
}
