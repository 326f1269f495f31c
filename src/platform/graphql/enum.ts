import { registerEnumType } from 'type-graphql';

/** An enum of the schema, made of its values and the sentence that describes each. */
export function enumType<Value extends string>(
  name: string,
  description: string,
  values: Readonly<Record<Value, string>>,
): { readonly [V in Value]: V } {
  const object = Object.fromEntries(Object.keys(values).map((value) => [value, value])) as { [V in Value]: V };
  const sentences = Object.entries<string>(values).map(([value, sentence]) => [value, { description: sentence }]);
  registerEnumType(object, { name, description, valuesConfig: Object.fromEntries(sentences) });
  return object;
}
