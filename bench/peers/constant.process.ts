// A server that says the same to everybody: what the load client reaches against it is more than anybody else can be measured at.

import { createServer } from 'node:http';
import { answer } from '../answer.ts';
import { listenOnFreePort } from './listen.ts';

const BODY = '{"data":{"accrue":{"accrual":{"id":"acc_0","points":100},"userErrors":[]}}}';

const server = createServer((request, response) => {
  request
    .on('end', () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': BODY.length }).end(BODY))
    .resume();
});
const port = await listenOnFreePort(server);

answer({
  port: () => port,
  stop() {
    server.close();
    server.closeAllConnections();
  },
});
