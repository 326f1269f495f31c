import { Arg, FieldResolver, Resolver, Root } from 'type-graphql';
import { MoneyInput, MoneyType } from '../../../../platform/graphql/common.types.ts';
import { badInput } from '../../../../platform/graphql/connection.ts';
import { CalendarDate } from '../../../../platform/graphql/scalars.ts';
import type { ClauseOf } from '../../clause.ts';
import { dueDate, lateInterestMinor } from './payment-terms.rules.ts';
import { PaymentTermsClauseType } from './payment-terms.types.ts';

@Resolver(() => PaymentTermsClauseType)
export class PaymentTermsResolver {
  @FieldResolver(() => CalendarDate, { description: 'The last day on which a statement that is issued on a day is paid in time.' })
  dueDate(
    @Root() clause: ClauseOf<'paymentTerms'>,
    @Arg('issuedOn', () => CalendarDate, { description: 'Day on which the statement is issued.' }) issuedOn: string,
  ): string {
    return dueDate(clause, issuedOn);
  }

  @FieldResolver(() => MoneyType, {
    description: 'Interest on an amount that is paid late: simple, for each day after the due date, rounded half away from zero.',
  })
  lateInterest(
    @Root() clause: ClauseOf<'paymentTerms'>,
    @Arg('amount', () => MoneyInput, { description: 'What is paid late.' }) { minor, currency }: MoneyInput,
    @Arg('dueOn', () => CalendarDate, { description: 'The due date.' }) dueOn: string,
    @Arg('paidOn', () => CalendarDate, { description: 'Day on which it is paid.' }) paidOn: string,
  ): MoneyType {
    if (minor < 0n) throw badInput('What is paid late is not negative.');
    return { minor: lateInterestMinor(clause, minor, dueOn, paidOn), currency };
  }
}
