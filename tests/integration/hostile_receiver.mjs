// A wallet that takes an offer as no wallet should: one thing at a time, named by the first argument. Prints what it is
// answered, a line for each answer.
//
//   node hostile_receiver.mjs <what> <openid-credential-offer://…> --authorities … --connect … [--tx-code …]
import {
  fetchCredential, fetchNonce, makeKey, postForm, proveKey, publicJwk, readArguments, readOffer, redeem, request, signToken,
  told,
} from '../../examples/wallet/wallet.mjs';

const [what, ...list] = process.argv.slice(2);
const options = readArguments(list);
const { net } = options;
const issuer = await readOffer(net, options.rest[0]);
const key = makeKey();
const code = options['tx-code'];
const tokenOf = (answer) => JSON.parse(answer.body).access_token;
const now = () => Math.floor(Date.now() / 1000);
const nonce = () => fetchNonce(net, issuer);
// A proof that is good but for what is changed.
const proof = async ({ header = {}, claims = {}, by = key } = {}) => signToken(
  { typ: 'openid4vci-proof+jwt', jwk: publicJwk(key), ...header },
  { aud: issuer.metadata.credential_issuer, iat: now(), nonce: await nonce(), ...claims }, by);
const withToken = async () => tokenOf(await redeem(net, issuer, code));
const fetch = async (token, by) => fetchCredential(net, issuer, token, by ?? await proof());
const form = (fields) => postForm(net, issuer.server.token_endpoint, fields);

const deeds = {
  async twice() {
    const first = await redeem(net, issuer, code);
    return [first, await redeem(net, issuer, code), await fetch(tokenOf(first)), await fetch(tokenOf(first))];
  },
  // Two wallets at the same moment.
  async race() {
    return Promise.all([redeem(net, issuer, code), redeem(net, issuer, code)]);
  },
  async codes() {
    const answers = [await redeem(net, issuer)];
    for (let i = 1; i < 5; ++i) answers.push(await redeem(net, issuer, `00000${i}` === code ? '000000' : `00000${i}`));
    return [...answers, await redeem(net, issuer, code)];
  },
  async forms() {
    return [
      await form({ grant_type: 'authorization_code', code: 'x' }),
      await form({ grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code' }),
      await form({ grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code', 'pre-authorized_code': 'x' }),
      await form({ grant_type: 'urn:ietf:params:oauth:grant-type:pre-authorized_code',
                   'pre-authorized_code': '0'.repeat(64) }),
      await request(net, 'GET', issuer.server.token_endpoint),
      await fetch('0'.repeat(64)),
      await request(net, 'POST', issuer.metadata.credential_endpoint,
        { headers: { 'Content-Type': 'application/json' }, body: '{}' }),
    ];
  },
  async nonceReused() {
    const [first, second] = [await withToken(), tokenOf(await redeem(net, await readOffer(net, options.other)))];
    const once = await proof();
    return [await fetch(first, once), await fetch(second, once)];
  },
  audience: async () => [await fetch(await withToken(), await proof({ claims: { aud: 'https://other.example' } }))],
  foreignNonce: async () => [await fetch(await withToken(), await proof({ claims: { nonce: '1.x.y' } }))],
  noNonce: async () => [await fetch(await withToken(), await proof({ claims: { nonce: undefined } }))],
  old: async () => [await fetch(await withToken(), await proof({ claims: { iat: now() - 3600 } }))],
  type: async () => [await fetch(await withToken(), await proof({ header: { typ: 'JWT' } }))],
  unsigned: async () => [await fetch(await withToken(), await proof({ header: { alg: 'none' } }))],
  otherKey: async () => [await fetch(await withToken(), await proof({ by: makeKey() }))],
  privateKey: async () => [await fetch(await withToken(), await proof({ header: { jwk: key } }))],
  async requests() {
    const token = await withToken();
    const post = (body) => request(net, 'POST', issuer.metadata.credential_endpoint,
      { headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }, body });
    return [
      await post('{'),
      await post(JSON.stringify({ credential_configuration_id: 'another' })),
      await post(JSON.stringify({ credential_configuration_id: issuer.configuration })),
      await post(JSON.stringify({ credential_configuration_id: issuer.configuration, credential_identifier: 'x' })),
      await post(JSON.stringify({ credential_configuration_id: issuer.configuration, proofs: { jwt: ['a', 'b'] } })),
      await fetch(token),
    ];
  },
};

for (const answer of await deeds[what]()) console.log(told(answer));
