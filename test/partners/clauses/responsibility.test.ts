import type { Clause } from '../../../src/partners/contracts/clause.ts';
import { responsibleFor } from '../../../src/partners/contracts/clauses/responsibility/responsibility.rules.ts';
import { faultOf } from './clause-fault.ts';

const names = (task: 'ACCRUAL_ERROR' | 'FULFILMENT' | 'CUSTOMER_SERVICE', party: string): Clause => ({
  kind: 'responsibility',
  task,
  party,
});
const scope: Clause = { kind: 'scope', roles: ['ISSUER'], directIssuance: true };

test.each([
  ['the partner that is named', [names('CUSTOMER_SERVICE', 'C')], 'CUSTOMER_SERVICE', 'C'],
  ['the operator, when it is named', [names('FULFILMENT', 'OPERATOR')], 'FULFILMENT', 'OPERATOR'],
  ['of several clauses the one of the task', [names('ACCRUAL_ERROR', 'B'), names('FULFILMENT', 'C')], 'FULFILMENT', 'C'],
  ['the partner itself for a task that nobody was named for', [names('CUSTOMER_SERVICE', 'C')], 'ACCRUAL_ERROR', 'A'],
  ['the partner itself in a version without the clause', [scope], 'CUSTOMER_SERVICE', 'A'],
] as const)('responsible is %s', (_, clauses, task, party) => {
  expect(responsibleFor(clauses, task, 'A')).toBe(party);
});

test.each([
  ['another partner', { task: 'FULFILMENT', party: 'B' }],
  ['the partner itself', { task: 'FULFILMENT', party: 'A' }],
  ['the operator', { task: 'ACCRUAL_ERROR', party: 'OPERATOR' }],
])('%s may be named', (_, clause) => {
  expect(faultOf('responsibility', clause)).toBeUndefined();
});

test.each([
  ['a party that does not exist', { task: 'FULFILMENT', party: 'NOBODY' }, 'party'],
  ['the pool', { task: 'FULFILMENT', party: 'POOL' }, 'party'],
  ['nobody', { task: 'FULFILMENT', party: '' }, 'party'],
  ['a task that does not exist', { task: 'COOKING', party: 'B' }, 'task'],
  ['no task', { party: 'B' }, 'task'],
])('%s is refused', (_, clause, path) => {
  expect(faultOf('responsibility', clause)).toBe(`clauses.1.responsibility.${path}`);
});

test('a version names each task once, and different tasks beside each other', () => {
  const [one, again, other] = [
    { task: 'FULFILMENT', party: 'B' },
    { task: 'FULFILMENT', party: 'OPERATOR' },
    { task: 'ACCRUAL_ERROR', party: 'B' },
  ];
  expect(faultOf('responsibility', one, again)).toBe('clauses.2.responsibility');
  expect(faultOf('responsibility', one, other)).toBeUndefined();
});
