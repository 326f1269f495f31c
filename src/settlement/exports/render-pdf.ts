import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import pdfmake from 'pdfmake';
import { unpackWoff } from './woff.ts';

// Its types know the files of browsers only.
declare module 'pdfmake' {
  const virtualfs: { writeFileSync(file: string, content: Buffer): void };
}

/** What a document is made of. */
export type PdfDefinition = Parameters<typeof pdfmake.createPdf>[0];

const FONT = '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified';
const WEIGHTS = { normal: 400, bold: 700 } as const;

let ready = false;

/** One family with Latin letters and Chinese characters. Its files are unpacked once: pdfmake would inflate a WOFF table for each glyph. */
function prepare(): void {
  if (ready) return;
  const { resolve } = createRequire(import.meta.url);
  for (const [style, weight] of Object.entries(WEIGHTS))
    pdfmake.virtualfs.writeFileSync(`${style}.ttf`, unpackWoff(readFileSync(resolve(`${FONT}-${weight}-normal.woff`))));
  pdfmake.setFonts({ Noto: { normal: 'normal.ttf', bold: 'bold.ttf' } });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  ready = true;
}

/** A document as PDF. Nothing is fetched for it. */
export function renderPdf(document: PdfDefinition): Promise<Buffer> {
  prepare();
  return pdfmake.createPdf({ ...document, defaultStyle: { ...document.defaultStyle, font: 'Noto' } }).getBuffer();
}
