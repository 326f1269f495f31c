import { z } from 'zod';
import { defineClause, type Problem, type VersionFacts } from '../clause-definition.ts';
import { bps, code, days, months } from '../parameters.ts';
import { problemIf, unknownCurrencies } from '../problems.rules.ts';
import { OutstandingPolicyEnum, TerminationCauseEnum, TerminationClauseType } from './termination.types.ts';

interface Conversion {
  readonly outstandingPolicy: keyof typeof OutstandingPolicyEnum;
  readonly convertTo?: string | undefined;
}

export const termination = defineClause({
  kind: 'termination',
  description: 'How the contract is ended.',
  input: TerminationClauseType,
  output: TerminationClauseType,
  parameters: z.object({
    noticeDays: days,
    earnEndDays: days,
    burnEndDays: days,
    tailMonths: months,
    outstandingPolicy: z.enum(OutstandingPolicyEnum),
    depositBps: bps.default(0),
    convertTo: code.optional(),
    expiryAllowed: z.boolean().default(false),
    causes: z.array(z.enum(TerminationCauseEnum)).default(Object.values(TerminationCauseEnum)),
  }),
  uniqueBy: () => ['termination'],
  check: (clause, facts) => [
    ...problemIf(
      clause.noticeDays > clause.earnEndDays,
      'earnEndDays',
      'Earning does not end before the notice has run: noticeDays <= earnEndDays.',
    ),
    ...problemIf(
      clause.earnEndDays > clause.burnEndDays,
      'burnEndDays',
      'Burning does not end before earning: earnEndDays <= burnEndDays.',
    ),
    ...problemIf(
      clause.outstandingPolicy === 'EXPIRE' && !clause.expiryAllowed,
      'expiryAllowed',
      'Points expire with the contract only where the law allows it: say expiryAllowed.',
    ),
    ...conversionProblems(clause, facts),
  ],
});

/** What speaks against the currency into which points are converted; none is named under another policy. */
function conversionProblems({ outstandingPolicy, convertTo }: Conversion, facts: VersionFacts): Problem[] {
  if (outstandingPolicy !== 'CONVERT') return problemIf(convertTo !== undefined, 'convertTo', 'Only CONVERT names a point currency.');
  if (convertTo === undefined) return [{ path: 'convertTo', message: 'CONVERT names the point currency that members receive.' }];
  return [
    ...unknownCurrencies(facts, 'convertTo', [convertTo]),
    ...problemIf(
      facts.issues(convertTo) || facts.issuerOf(convertTo) === facts.partner,
      'convertTo',
      "Points become those of another issuer, not the leaving partner's own.",
    ),
  ];
}
