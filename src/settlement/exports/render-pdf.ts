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

let ready = false;

/** One family with Latin letters and Chinese characters. Its files are unpacked once: pdfmake would inflate a WOFF table for each glyph. */
function prepare(): void {
  if (ready) return;
  const require = createRequire(import.meta.url);
  const files = {
    'normal.ttf': require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff'),
    'bold.ttf': require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff'),
  };
  for (const [name, file] of Object.entries(files)) pdfmake.virtualfs.writeFileSync(name, unpackWoff(readFileSync(file)));
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
