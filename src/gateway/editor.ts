import type { FastifyInstance, FastifyReply } from 'fastify';
import type { RuruClientConfig } from 'ruru/server';

const STATIC_PATH = '/graphql/editor/';

/** Everything the page needs comes from this host; the browser is told to load nothing from others. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the in-browser GraphQL editor, out of the installed package. */
export function serveEditorFiles(app: FastifyInstance): void {
  app.get(`${STATIC_PATH}*`, async (request, reply) => {
    const { getStaticFile } = await import('ruru/static');
    const file = await getStaticFile({
      staticPath: STATIC_PATH,
      urlPath: request.url,
      acceptEncoding: request.headers['accept-encoding'],
      disallowDevAssets: true,
    });
    if (file === null) return reply.callNotFound();
    return reply.headers(file.headers).header('cache-control', 'max-age=86400').send(file.content);
  });
}

/** What a newcomer finds in the editor: a question that needs no token, and how to ask the others. */
const FIRST_QUERY = `# What would a purchase of 38.00 CNY at the café earn? Anybody may ask: press play.
#
# Everything else needs a token, written below as a header. In the sandbox a shell gives one:
#   npm run -s token -- --role operator | partner --partner CAFE | member --member ID
#   { "authorization": "Bearer TOKEN" }
query WhatWouldItEarn {
  quoteAccrual(input: { partner: "CAFE", amount: { minor: "3800", currency: "CNY" } }) {
    points
    breakdown { rule ruleVersion points reason }
    userErrors { code field message }
  }
}
`;

/** The package demands every property where it means that any may be given. */
const CLIENT = { defaultQuery: FIRST_QUERY } as unknown as RuruClientConfig;

/** The editor's page. */
export async function sendEditor(reply: FastifyReply, endpoint: string): Promise<FastifyReply> {
  const { ruruHTML } = await import('ruru/server');
  const page = ruruHTML({
    staticPath: STATIC_PATH,
    endpoint,
    htmlParts: { titleTag: '<title>Pointsettia</title>' },
    clientConfig: CLIENT,
  });
  return reply.type('text/html; charset=utf-8').header('content-security-policy', CONTENT_SECURITY_POLICY).send(page);
}
