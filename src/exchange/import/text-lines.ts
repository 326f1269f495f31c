/** Of a longer line only the beginning is kept: the memory of an import does not depend on its file. */
export const LONGEST_LINE = 10_000;

/** The lines of a text, in blocks as it is read. LF, CRLF and CR end a line; a byte order mark is left out. */
export async function* linesOf(text: AsyncIterable<string>): AsyncGenerator<string[]> {
  let rest = '';
  let isStart = true;
  for await (const chunk of text) {
    const more = isStart && chunk.startsWith('\uFEFF') ? chunk.slice(1) : chunk;
    isStart = false;
    // A CR at the end may be half of a CRLF, so it waits for what follows.
    const lines = (rest + more).split(/\r\n|\n|\r(?!$)/);
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    yield lines;
  }
  if (rest !== '') yield [rest.replace(/\r$/, '')];
}
