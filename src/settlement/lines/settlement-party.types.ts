import { GraphQLScalarType } from 'graphql';

/** A party of a settlement by name. Only ever shown. */
export const SettlementParty = new GraphQLScalarType<string, string>({
  name: 'SettlementParty',
  description: "A partner's code, or OPERATOR, POOL.",
  serialize: String,
});
