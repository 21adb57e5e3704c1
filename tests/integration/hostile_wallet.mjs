// A wallet that does what no wallet should: one thing at a time, named by the first argument, to the request that a link
// leads to. Prints what it is answered, "<status> <error> <description>", on a line for each answer.
//
//   node hostile_wallet.mjs <what> <openid4vp://…> --key … --credential … --verifiers … --authorities … --connect …
import fs from 'node:fs';
import {
  encryptTo, fetchRequest, makeKey, makePresentation, postForm, readArguments, readCertificates, readPrivateKey, request,
  sendPresentation, signToken, told,
} from '../../examples/wallet/wallet.mjs';

const [what, ...list] = process.argv.slice(2);
const options = readArguments(list);
const { net } = options;
const claims = await fetchRequest(net, options.rest[0], readCertificates(options.verifiers));
const credentials = options.credential.map((path) => fs.readFileSync(path, 'utf8'));
const key = readPrivateKey(options.key);
const present = (changed = {}, by = key) => makePresentation({ ...claims, ...changed }, credentials, by);
const send = (vpToken) => sendPresentation(net, claims, vpToken);
const [query] = claims.dcql_query.credentials;
// The request as if other claims were asked for.
const asking = (paths) => ({ dcql_query: { credentials: [{ ...query, claims: paths.map((path) => ({ path })) }] } });
const withoutBinding = (text) => text.slice(0, text.lastIndexOf('~') + 1);
const form = { 'Content-Type': 'application/x-www-form-urlencoded' };

const deeds = {
  async replay() {
    const vpToken = present();
    return [await send(vpToken), await send(vpToken)];
  },
  // Two answers at the same moment.
  async race() {
    return Promise.all([send(present()), send(present())]);
  },
  // Everything of a presentation that another request got.
  async reuse() {
    const other = await fetchRequest(net, options.other, readCertificates(options.verifiers));
    return [await send(makePresentation(other, credentials, key))];
  },
  nonce: async () => [await send(present({ nonce: 'n-0S6_WzA2Mj' }))],
  audience: async () => [await send(present({ client_id: 'x509_san_dns:other.example' }))],
  key: async () => [await send(present({}, makeKey()))],
  claim: async () => [await send(present(asking([['name']])))],
  more: async () => [await send(present(asking([['title'], ['name'], ['grade']])))],
  async unbound() {
    const vpToken = present();
    return [await send({ [query.id]: vpToken[query.id].map(withoutBinding) })];
  },
  // A key binding as any signed token.
  async type() {
    const bound = withoutBinding(present()[query.id][0]);
    const token = signToken({ typ: 'JWT' }, { aud: claims.client_id, nonce: claims.nonce }, key);
    return [await send({ [query.id]: [bound + token] })];
  },
  plain: async () => [await postForm(net, claims.response_uri,
    { vp_token: JSON.stringify(present()), state: claims.state })],
  async foreignKey() {
    const jwk = { ...makeKey(), kid: claims.client_metadata.jwks.keys[0].kid };
    return [await postForm(net, claims.response_uri, { response: encryptTo(jwk, JSON.stringify({ vp_token: {} })) })];
  },
  async state() {
    const content = JSON.stringify({ vp_token: present(), state: 'another' });
    const response = encryptTo(claims.client_metadata.jwks.keys[0], content);
    return [await postForm(net, claims.response_uri, { response })];
  },
  unknown: async () => [
    await postForm(net, claims.response_uri.replace(claims.state, '0'.repeat(32)), { response: 'x' }),
    await request(net, 'GET', claims.response_uri.replace(claims.state, '0'.repeat(32)).replace('response', 'request')),
  ],
  async shapes() {
    return [
      await request(net, 'GET', claims.response_uri),
      await request(net, 'POST', claims.response_uri, { headers: { 'Content-Type': 'application/json' }, body: '{}' }),
      await request(net, 'POST', claims.response_uri, { headers: form, body: 'a=%' }),
      await request(net, 'POST', claims.response_uri, { headers: { ...form, 'Content-Encoding': 'gzip' }, body: 'x' }),
      await request(net, 'POST', claims.response_uri, { headers: form, body: 'x'.repeat((1 << 20) + 1) }),
      await request(net, 'GET', new URL('/', claims.response_uri).href),
      await request(net, 'GET', new URL('/presentations/../../etc/passwd/request', claims.response_uri).href),
    ];
  },
  async spend() {
    const answers = [];
    for (let i = 0; i < 5; ++i) answers.push(await send({}));
    return [...answers, await send(present())];
  },
  decline: async () => [await postForm(net, claims.response_uri, { error: 'access_denied', state: claims.state })],
};

for (const answer of await deeds[what]()) console.log(told(answer));
