/** A row of the other side that may be the one that is missing. */
export interface Candidate {
  readonly no: number;
  readonly key: string;
  readonly day: string;
  readonly amount: bigint;
  readonly isSameMember: boolean;
}

export interface Suggestion extends Candidate {
  /** 0 to 100: how much speaks for it. */
  readonly score: number;
}

const MOST_SUGGESTIONS = 3;
const LEAST_SCORE = 50;

/** The likeliest of the candidates, the best first. They are shown to people, and match nothing by themselves. */
export function suggest(missing: Pick<Candidate, 'key' | 'day' | 'amount'>, candidates: readonly Candidate[]): Suggestion[] {
  return candidates
    .map((candidate) => ({ ...candidate, score: scoreOf(missing, candidate) }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score || a.no - b.no)
    .slice(0, MOST_SUGGESTIONS);
}

/** Up to 60 for a key that looks alike, 20 for the amount, 10 each for the member and the day. */
function scoreOf(missing: Pick<Candidate, 'key' | 'day' | 'amount'>, candidate: Candidate): number {
  const alike = Math.floor(similarity(plain(missing.key), plain(candidate.key)) * 60);
  return (
    alike + (missing.amount === candidate.amount ? 20 : 0) + (candidate.isSameMember ? 10 : 0) + (missing.day === candidate.day ? 10 : 0)
  );
}

const plain = (key: string): string =>
  key
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replace(/^0+/, '')
    .slice(0, 64);

/** 1 for the same text, 0 for one of which nothing is left: by the letters that must be changed, put in or left out. */
function similarity(one: string, other: string): number {
  const longest = Math.max(one.length, other.length);
  return longest === 0 ? 1 : 1 - distance(one, other) / longest;
}

function distance(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[other.length] ?? 0;
}
