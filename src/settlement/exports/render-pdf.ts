import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Pdfmake from 'pdfmake';
import { unpackWoff } from './woff.ts';

// Its types know the files of browsers only.
declare module 'pdfmake' {
  const virtualfs: { writeFileSync(file: string, content: Buffer): void };
}

/** What a document is made of. */
export type PdfDefinition = Parameters<typeof Pdfmake.createPdf>[0];

let prepared: Promise<typeof Pdfmake> | undefined;

/**
 * One family with Latin letters and Chinese characters. Loaded when the first document is asked for, and its files are unpacked once: pdfmake
 * would inflate a WOFF table for each glyph.
 */
async function prepare(): Promise<typeof Pdfmake> {
  const { default: pdfmake } = await import('pdfmake');
  const require = createRequire(import.meta.url);
  const files = {
    'normal.ttf': require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff'),
    'bold.ttf': require.resolve('@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff'),
  };
  for (const [name, file] of Object.entries(files)) pdfmake.virtualfs.writeFileSync(name, unpackWoff(readFileSync(file)));
  pdfmake.setFonts({ Noto: { normal: 'normal.ttf', bold: 'bold.ttf' } });
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy(() => false);
  return pdfmake;
}

/** A document as PDF. Nothing is fetched for it. */
export async function renderPdf(document: PdfDefinition): Promise<Buffer> {
  prepared ??= prepare();
  return (await prepared).createPdf({ ...document, defaultStyle: { ...document.defaultStyle, font: 'Noto' } }).getBuffer();
}
