import { type CycleLine, LINE_TYPES, type Party, type Share } from '../lines/cycle-line.ts';

/** A line of one party as it is and as it would have been, in minor units. */
export interface ComparedLine extends Pick<CycleLine, 'type' | 'key' | 'description'> {
  /** Its place in the party's statement; undefined where there is no such line. */
  readonly no: number | undefined;
  readonly currentMinor: bigint;
  readonly simulatedMinor: bigint;
}

const nameOf = ({ type, key }: Pick<CycleLine, 'type' | 'key'>): string => `${type} ${key}`;

const isPart = (share: Share | undefined): boolean => share !== undefined && (share.micros !== 0n || share.minor !== 0n);

/** The lines in which a party has a part by either, beside each other, in the order of statements. */
export function compareLines(current: readonly CycleLine[], simulated: readonly CycleLine[], party: Party): ComparedLine[] {
  const of = (lines: readonly CycleLine[]) => lines.filter(({ shares }) => isPart(shares.get(party)));
  const [was, is] = [of(current), of(simulated)];
  const places = new Map(was.map((line, at) => [nameOf(line), at + 1]));
  const before = new Map(was.map((line) => [nameOf(line), line]));
  const after = new Map(is.map((line) => [nameOf(line), line]));
  const minorIn = (line: CycleLine | undefined) => line?.shares.get(party)?.minor ?? 0n;
  return [...new Map([...before, ...after]).values()]
    .toSorted((a, b) => LINE_TYPES.indexOf(a.type) - LINE_TYPES.indexOf(b.type) || (a.key < b.key ? -1 : 1))
    .map((line) => ({
      type: line.type,
      key: line.key,
      description: line.description,
      no: places.get(nameOf(line)),
      currentMinor: minorIn(before.get(nameOf(line))),
      simulatedMinor: minorIn(after.get(nameOf(line))),
    }));
}
