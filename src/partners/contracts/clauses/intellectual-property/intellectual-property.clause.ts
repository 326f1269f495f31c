import { z } from 'zod';
import { country } from '../../../country.ts';
import { textUpTo, wordUpTo } from '../../../text.ts';
import { defineClause } from '../clause-definition.ts';
import { instant, someOf } from '../parameters.ts';
import { problemIf } from '../problems.rules.ts';
import { assetName } from './intellectual-property.rules.ts';
import { IntellectualPropertyClauseType } from './intellectual-property.types.ts';

const MAX_ASSETS = 20;
const MAX_URL = 2_000;

function isPlainHttps(value: string): boolean {
  const url = URL.parse(value);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

const asset = z.object({
  name: textUpTo(64, 'The name of an asset').min(1, 'An asset has a name.'),
  url: wordUpTo(MAX_URL, 'An address').refine(isPlainHttps, 'An address begins with https:// and names nobody.'),
});

export const intellectualProperty = defineClause({
  kind: 'intellectualProperty',
  description: 'The right to show marks of the partner, for a time and in some countries.',
  input: IntellectualPropertyClauseType,
  output: IntellectualPropertyClauseType,
  parameters: z.object({
    assets: z.array(asset).min(1, 'At least one asset is named.').max(MAX_ASSETS, `At most ${MAX_ASSETS} assets are named.`),
    from: instant,
    until: instant.optional(),
    territories: someOf(country).optional(),
  }),
  uniqueBy: (clause) => clause.assets.map(({ name }) => assetName(name)),
  check: (clause) => [
    ...problemIf(
      new Set(clause.assets.map(({ name }) => assetName(name))).size < clause.assets.length,
      'assets',
      'An asset is named once; capitals do not matter.',
    ),
    ...problemIf(clause.until !== undefined && clause.until <= clause.from, 'until', 'A licence ends after it begins.'),
  ],
});
