/** One request to a server, outside what is measured. */
export async function ask<Data>(port: number, token: string, body: object): Promise<Data> {
  const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as { data?: Data; errors?: unknown };
  if (data === undefined || data === null || errors !== undefined) throw new Error(`not expected: ${JSON.stringify(errors)}`);
  return data;
}
