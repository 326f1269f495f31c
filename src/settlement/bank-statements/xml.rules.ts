import { XMLParser } from 'fast-xml-parser';

/** What is written between the tags of an element: its children, or text. */
export type Xml = unknown;

/** Longest bank statement that is read: about 2,000 entries. */
export const MAX_CHARACTERS = 1_900_000;
const MAX_DEPTH = 30;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  // Names of characters by their number, such as &#252;, are decoded with these only.
  htmlEntities: true,
  maxNestedTags: MAX_DEPTH,
});

/**
 * An XML document as nested objects, or why it is not read. A document type or an entity of its own is refused before anything is parsed, so
 * nothing expands and nothing is fetched; so is what is longer or deeper than any bank statement.
 */
export function readXml(content: string): { readonly xml: Xml } | { readonly problem: string } {
  if (content.length > MAX_CHARACTERS) return { problem: `It has more than ${MAX_CHARACTERS} characters: send it in parts.` };
  if (!content.isWellFormed()) return { problem: 'It has half characters: send it in UTF-8.' };
  if (/<!\s*(DOCTYPE|ENTITY)/i.test(content)) return { problem: 'It has a document type or entities of its own.' };
  try {
    return { xml: parser.parse(content, true) };
  } catch {
    return { problem: `It is no well-formed XML, or has more than ${MAX_DEPTH} elements within one another.` };
  }
}

/** The elements of a name along a path, whatever prefix their namespace has; each step takes all of the name. */
export function all(xml: Xml, ...path: readonly string[]): Xml[] {
  return path.reduce<Xml[]>((found, name) => found.flatMap((one) => childrenOf(one, name)), [xml]);
}

function childrenOf(xml: Xml, name: string): Xml[] {
  if (typeof xml !== 'object' || xml === null) return [];
  return Object.entries(xml).flatMap(([key, child]: [string, unknown]) => {
    if (key !== name && !key.endsWith(`:${name}`)) return [];
    return Array.isArray(child) ? child : [child];
  });
}

/** The namespaces that an element declares. */
export function namespacesOf(xml: Xml): string[] {
  if (typeof xml !== 'object' || xml === null) return [];
  return Object.entries(xml).flatMap(([key, value]: [string, unknown]) =>
    key.startsWith('@xmlns') && typeof value === 'string' ? [value] : [],
  );
}

/** The text of the first element along a path that has any, without space around it. */
export function text(xml: Xml, ...path: readonly string[]): string | undefined {
  const texts = all(xml, ...path).map((one) => (typeof one === 'string' ? one : all(one, '#text')[0]));
  const found = texts.find((one) => typeof one === 'string' && one.trim() !== '');
  return typeof found === 'string' ? found.trim() : undefined;
}
