import { followPath, leafHash, type ProofStep } from '../kernel/merkle.ts';
import { idOfEntry, Malformed, readEntry } from './file-row.ts';

const HASH = /^[0-9a-f]{64}$/;

/** What a proof of one entry shows. */
export interface InclusionCheck {
  readonly entry: string;
  readonly root: string;
  /** Where the way from the entry leads. */
  readonly reached: string;
}

function stepOf(step: unknown): ProofStep {
  const { side, hash } = (typeof step === 'object' && step !== null ? step : {}) as { side?: unknown; hash?: unknown };
  if ((side !== 'LEFT' && side !== 'RIGHT') || typeof hash !== 'string' || !HASH.test(hash))
    throw new Malformed(1, 'its `path` is no list of steps');
  return { side, hash: Buffer.from(hash, 'hex') };
}

/** Follows the way from one entry to the hash of its cycle. */
export function verifyInclusion(text: string): InclusionCheck {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Malformed(1, 'it is not JSON');
  }
  // As the API answers it, or the proof alone.
  const answer = json as { data?: { entryProof?: unknown } } | null;
  const proof = (answer?.data?.entryProof ?? json) as { text?: unknown; path?: unknown; root?: unknown } | null;
  const { text: entryText, path, root } = proof ?? {};
  if (typeof entryText !== 'string' || !Array.isArray(path) || typeof root !== 'string')
    throw new Malformed(1, 'it has no `text`, `path` and `root`');
  const entry = readEntry(entryText);
  if (entry === undefined) throw new Malformed(1, 'its `text` has not the form of an entry');
  return { entry: idOfEntry(entry), root, reached: followPath(leafHash(entryText), path.map(stepOf)).toString('hex') };
}
