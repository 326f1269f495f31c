import { invalid, type Outcome, refused } from '../kernel/refusal.ts';

/** What it means for the caller that a constraint of the database would be broken. */
const REFUSALS: Readonly<Record<string, () => Outcome<never>>> = {
  a_partner_code_is_used_once: () => refused('DUPLICATE', 'There is a partner with this code.', { field: ['code'] }),
  a_currency_code_is_used_once: () => refused('DUPLICATE', 'There is a point currency with this code.', { field: ['code'] }),
  versions_in_force_do_not_overlap: () =>
    invalid('version', 'Another version that both have signed is in force within the time of this one.'),
  a_version_ends_after_it_starts: () => invalid('effectiveUntil', 'A version ends after it starts.'),
  a_rule_ends_after_it_starts: () => invalid('effectiveUntil', 'A rule ends after it starts.'),
};

function constraintOf(error: unknown): string | undefined {
  return error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
}

/** The refusal that a broken constraint stands for; any other error is a fault and thrown again. */
export function refusalOfConstraint(error: unknown): Outcome<never> {
  const refusal = REFUSALS[constraintOf(error) ?? ''];
  if (refusal === undefined) throw error;
  return refusal();
}
