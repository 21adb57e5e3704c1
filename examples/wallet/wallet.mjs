// A small wallet: it presents credentials by OpenID for Verifiable Presentations 1.0, and fetches them by OpenID for
// Verifiable Credential Issuance 1.0. With Node.js 18 or newer alone, to show what a wallet and a node say to each other; a
// real wallet keeps its keys in hardware and asks its holder.
//
//   node wallet.mjs key <key.json>
//       makes a key, and prints its public half
//   node wallet.mjs present <openid4vp://…> --key <key.json> --credential <file> …
//       shows what is asked for of the credentials, and nothing else
//   node wallet.mjs accept <openid-credential-offer://…> --key <key.json> --out <file> [--tx-code <digits>] …
//       fetches the credential that is offered, bound to the key
//
// --authorities <pem>    of the server's certificate; the system's when left out
// --verifiers <pem>      certificates by which whoever asks is known, or that have signed theirs
// --connect <host:port>  where to connect instead of where the address leads

import crypto from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import { pathToFileURL } from 'node:url';

const encode = (bytes) => Buffer.from(bytes).toString('base64url');
const decode = (text) => Buffer.from(text, 'base64url');
const sha256 = (bytes) => crypto.createHash('sha256').update(bytes).digest();
const readJson = (text) => JSON.parse(decode(text).toString('utf8'));
const fail = (message) => { throw new Error(message); };

// Keys and tokens.

export function makeKey() {
  return crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
}

export function publicJwk({ kty, crv, x, y }) {
  return { kty, crv, x, y };
}

export function signToken(header, claims, jwk) {
  const input = `${encode(JSON.stringify({ alg: 'ES256', ...header }))}.${encode(JSON.stringify(claims))}`;
  const key = crypto.createPrivateKey({ key: jwk, format: 'jwk' });
  return `${input}.${encode(crypto.sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }))}`;
}

function verifies(token, key) {
  const at = token.lastIndexOf('.');
  const options = { key, dsaEncoding: 'ieee-p1363' };
  return crypto.verify('sha256', Buffer.from(token.slice(0, at)), options, decode(token.slice(at + 1)));
}

// ECDH-ES in direct agreement, with A256GCM (RFC 7516, RFC 7518).
export function encryptTo(jwk, text) {
  const ephemeral = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const epk = ephemeral.publicKey.export({ format: 'jwk' });
  const header = encode(JSON.stringify({ alg: 'ECDH-ES', enc: 'A256GCM', kid: jwk.kid, epk: publicJwk(epk) }));
  const publicKey = crypto.createPublicKey({ key: publicJwk(jwk), format: 'jwk' });
  const secret = crypto.diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const number = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32BE(value); return bytes; };
  const sized = (bytes) => Buffer.concat([number(bytes.length), bytes]);
  const none = Buffer.alloc(0);
  const key = sha256(Buffer.concat(
    [number(1), secret, sized(Buffer.from('A256GCM')), sized(none), sized(none), number(256)]));
  const iv = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv('aes-256-gcm', key, iv);
  cipher.setAAD(Buffer.from(header));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return [header, '', encode(iv), encode(ciphertext), encode(cipher.getAuthTag())].join('.');
}

// The network.

export function request(net, method, address, { headers = {}, body = '' } = {}) {
  const url = new URL(address);
  if (url.protocol !== 'https:') fail(`${address} is not https`);
  const [host, port] = net.connect ? net.connect.split(':') : [url.hostname, url.port || 443];
  const options = {
    method, host, port, path: url.pathname + url.search, ca: net.authorities, servername: url.hostname,
    headers: { Host: url.host, ...(method === 'POST' ? { 'Content-Length': Buffer.byteLength(body) } : {}), ...headers },
  };
  return new Promise((resolve, reject) => {
    const call = https.request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve(
        { status: response.statusCode, type: response.headers['content-type'], body: Buffer.concat(chunks).toString() }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

// An answer in one line, with its problem if it is one.
export function told({ status, body }) {
  const content = body.startsWith('{') ? JSON.parse(body) : {};
  const problem = [content.error ?? content.code, content.error_description ?? content.message];
  return [status, ...problem.map((text) => text ?? '-')].join(' ');
}

export const postForm = (net, address, form, accept = 'application/json') => request(net, 'POST', address, {
  headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: accept },
  body: new URLSearchParams(form).toString(),
});

// Presenting.

// Who asks is who has signed, by a certificate that is known (OpenID4VP 1.0, 5.9.3).
function checkVerifier(header, claims, verifiers) {
  const chain = (header.x5c ?? fail('the request has no certificate'))
    .map((der) => new crypto.X509Certificate(Buffer.from(der, 'base64')));
  const [leaf] = chain;
  const known = verifiers.some((anchor) => anchor.raw.equals(leaf.raw) ||
    (leaf.checkIssued(anchor) && leaf.verify(anchor.publicKey)));
  if (!known) fail('nothing is known about who asks');
  const at = claims.client_id.indexOf(':');
  const [prefix, name] = [claims.client_id.slice(0, at), claims.client_id.slice(at + 1)];
  if (prefix === 'x509_hash') {
    if (name !== encode(sha256(leaf.raw))) fail('the certificate is another one than the request names');
  } else if (prefix === 'x509_san_dns') {
    if (leaf.checkHost(name) !== name) fail('the certificate does not name who asks');
    if (new URL(claims.response_uri).hostname !== name) fail('the answer would go to somebody else');
  } else {
    fail(`${prefix} is no way to name who asks`);
  }
  return leaf.publicKey;
}

// Fetches and checks the request that a link leads to.
export async function fetchRequest(net, link, verifiers) {
  const query = new URL(link).searchParams;
  const walletNonce = encode(crypto.randomBytes(16));
  const post = query.get('request_uri_method') === 'post';
  const type = 'application/oauth-authz-req+jwt';
  const answer = post ? await postForm(net, query.get('request_uri'), { wallet_nonce: walletNonce }, type)
    : await request(net, 'GET', query.get('request_uri'), { headers: { Accept: type } });
  if (answer.status !== 200) fail(`the request cannot be had: ${told(answer)}`);
  if (answer.type !== type) fail(`the request is of the type ${answer.type}`);
  const [head, payload] = answer.body.split('.');
  const [header, claims] = [readJson(head), readJson(payload)];
  if (header.typ !== 'oauth-authz-req+jwt') fail('it is no request object');
  if (claims.client_id !== query.get('client_id')) fail('the link names somebody else');
  if (post && claims.wallet_nonce !== walletNonce) fail('the request was made for another wallet');
  if (claims.aud !== 'https://self-issued.me/v2') fail('the request is for somebody else');
  if (claims.exp * 1000 < Date.now()) fail('the request is over');
  const key = checkVerifier(header, claims, verifiers);
  if (header.alg !== 'ES256' || !verifies(answer.body, key)) fail('the signature of the request does not verify');
  return claims;
}

// An SD-JWT, and how its claims are found among its disclosures (RFC 9901).
export function readSdJwt(text) {
  const [token, ...rest] = text.trim().split('~');
  const disclosures = new Map(rest.slice(0, -1).map((encoded) => {
    const parts = readJson(encoded);
    return [encode(sha256(encoded)), { encoded, name: parts.length === 3 ? parts[1] : undefined, value: parts.at(-1) }];
  }));
  return { token, claims: readJson(token.split('.')[1]), disclosures };
}

// The disclosures that lead to a claim and are in it; nothing when there is no such claim.
function disclosuresFor({ claims, disclosures }, path) {
  const needed = new Set();
  const open = (value) => {
    const disclosure = value?.['...'] && disclosures.get(value['...']);
    if (disclosure) needed.add(disclosure.encoded);
    return disclosure ? disclosure.value : value;
  };
  const member = (value, name) => {
    if (value !== null && Object.hasOwn(value, name)) return [value[name]];
    const found = (value?._sd ?? []).map((digest) => disclosures.get(digest)).find((one) => one?.name === name);
    if (found) needed.add(found.encoded);
    return found ? [found.value] : [];
  };
  const all = (value) => {
    if (Array.isArray(value)) value.map(open).forEach(all);
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return;
    for (const digest of value._sd ?? []) {
      const one = disclosures.get(digest);
      if (one) { needed.add(one.encoded); all(one.value); }
    }
    Object.values(value).forEach(all);
  };
  let selected = [claims];
  for (const step of path) {
    selected = selected.flatMap((value) => {
      if (typeof step === 'string') return member(value, step);
      if (step === null) return value.map(open);
      return step < value.length ? [open(value[step])] : [];
    });
  }
  selected.forEach(all);
  return selected.length > 0 ? needed : undefined;
}

function presentSdJwt(query, text, key, { audience, nonce }) {
  const credential = readSdJwt(text);
  if (!query.meta.vct_values.includes(credential.claims.vct)) return undefined;
  const chosen = (query.claims ?? []).map(({ path }) => disclosuresFor(credential, path));
  if (chosen.includes(undefined)) return undefined;
  const disclosed = new Set(chosen.flatMap((one) => [...one]));
  const bound = [credential.token, ...disclosed, ''].join('~');
  return bound + signToken({ typ: 'kb+jwt' },
    { iat: Math.floor(Date.now() / 1000), aud: audience, nonce, sd_hash: encode(sha256(bound)) }, key);
}

function presentToken(query, text, key, { audience, nonce }) {
  const token = text.trim();
  const { vc } = readJson(token.split('.')[1]);
  if (!query.meta.type_values.some((set) => set.every((type) => vc.type.includes(type)))) return undefined;
  const did = `did:jwk:${encode(JSON.stringify(publicJwk(key)))}`;
  const now = Math.floor(Date.now() / 1000);
  return signToken({ typ: 'JWT', kid: `${did}#0` }, {
    iss: did, aud: audience, nonce, iat: now, exp: now + 300,
    vp: { '@context': ['https://www.w3.org/2018/credentials/v1'], type: ['VerifiablePresentation'],
          verifiableCredential: [token] },
  }, key);
}

// The "vp_token" for a request: of every credential that is asked for, the first that fits.
export function makePresentation(claims, credentials, key) {
  const binding = { audience: claims.client_id, nonce: claims.nonce };
  return Object.fromEntries(claims.dcql_query.credentials.map((query) => {
    const present = query.format === 'dc+sd-jwt' ? presentSdJwt : presentToken;
    const fits = (text) => text.includes('~') === (query.format === 'dc+sd-jwt');
    const presented = credentials.filter(fits).map((text) => present(query, text, key, binding)).find(Boolean);
    return [query.id, [presented ?? fail(`there is no credential for ${query.id}`)]];
  }));
}

export function sendPresentation(net, claims, vpToken) {
  if (claims.response_mode === 'direct_post') {
    return postForm(net, claims.response_uri, { vp_token: JSON.stringify(vpToken), state: claims.state });
  }
  const jwk = claims.client_metadata.jwks.keys.find(({ alg, crv }) => alg === 'ECDH-ES' && crv === 'P-256');
  const content = JSON.stringify({ vp_token: vpToken, state: claims.state });
  return postForm(net, claims.response_uri, { response: encryptTo(jwk, content) });
}

// Fetching.

const grant = 'urn:ietf:params:oauth:grant-type:pre-authorized_code';

// What an offer leads to: the issuer's metadata and its endpoints.
export async function readOffer(net, link) {
  const offer = JSON.parse(new URL(link).searchParams.get('credential_offer'));
  const fetchJson = async (address) => {
    const answer = await request(net, 'GET', address, { headers: { Accept: 'application/json' } });
    return answer.status === 200 ? JSON.parse(answer.body) : fail(`${address}: ${told(answer)}`);
  };
  const metadata = await fetchJson(`${offer.credential_issuer}/.well-known/openid-credential-issuer`);
  if (metadata.credential_issuer !== offer.credential_issuer) fail('the metadata is of another issuer');
  const server = await fetchJson(`${offer.credential_issuer}/.well-known/oauth-authorization-server`);
  if (server.issuer !== offer.credential_issuer) fail('the metadata is of another server');
  const [configuration] = offer.credential_configuration_ids;
  if (!metadata.credential_configurations_supported[configuration]) fail(`nothing is known about ${configuration}`);
  return { offer, metadata, server, configuration };
}

export function redeem(net, { offer, server }, txCode) {
  const form = { grant_type: grant, 'pre-authorized_code': offer.grants[grant]['pre-authorized_code'] };
  return postForm(net, server.token_endpoint, txCode === undefined ? form : { ...form, tx_code: txCode });
}

export async function fetchNonce(net, { metadata }) {
  return JSON.parse((await request(net, 'POST', metadata.nonce_endpoint)).body).c_nonce;
}

export function proveKey(key, { metadata }, nonce) {
  return signToken({ typ: 'openid4vci-proof+jwt', jwk: publicJwk(key) },
    { aud: metadata.credential_issuer, iat: Math.floor(Date.now() / 1000), nonce }, key);
}

export function fetchCredential(net, { metadata, configuration }, token, proof) {
  return request(net, 'POST', metadata.credential_endpoint, {
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ credential_configuration_id: configuration, proofs: { jwt: [proof] } }),
  });
}

// The command line.

export function readArguments(list) {
  const options = { credential: [], rest: [] };
  for (let i = 0; i < list.length; ++i) {
    if (!list[i].startsWith('--')) options.rest.push(list[i]);
    else if (list[i] === '--credential') options.credential.push(list[++i]);
    else options[list[i].slice(2)] = list[++i];
  }
  options.net = { connect: options.connect, authorities: options.authorities && fs.readFileSync(options.authorities) };
  return options;
}

export const readPrivateKey = (path) => JSON.parse(fs.readFileSync(path, 'utf8'));

export function readCertificates(path) {
  const pems = fs.readFileSync(path, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return pems.map((pem) => new crypto.X509Certificate(pem));
}

const commands = {
  key({ rest: [path] }) {
    const key = makeKey();
    fs.writeFileSync(path, JSON.stringify(key), { mode: 0o600, flag: 'wx' });
    console.log(JSON.stringify(publicJwk(key)));
  },
  async present(options) {
    const claims = await fetchRequest(options.net, options.rest[0], readCertificates(options.verifiers));
    const credentials = options.credential.map((path) => fs.readFileSync(path, 'utf8'));
    const vpToken = makePresentation(claims, credentials, readPrivateKey(options.key));
    const answer = await sendPresentation(options.net, claims, vpToken);
    if (answer.status !== 200) fail(`the answer was refused: ${told(answer)}`);
    console.log('presented');
  },
  async accept(options) {
    const { net } = options;
    const key = readPrivateKey(options.key);
    const issuer = await readOffer(net, options.rest[0]);
    const redeemed = await redeem(net, issuer, options['tx-code']);
    if (redeemed.status !== 200) fail(`the code was refused: ${told(redeemed)}`);
    const proof = proveKey(key, issuer, await fetchNonce(net, issuer));
    const answer = await fetchCredential(net, issuer, JSON.parse(redeemed.body).access_token, proof);
    if (answer.status !== 200) fail(`the credential was refused: ${told(answer)}`);
    const [{ credential }] = JSON.parse(answer.body).credentials;
    const { claims } = readSdJwt(credential);
    if (claims.cnf.jwk.x !== key.x || claims.cnf.jwk.y !== key.y) fail('the credential is for another key');
    fs.writeFileSync(options.out, credential);
    console.log(`accepted ${claims.vct}`);
  },
};

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const [command, ...list] = process.argv.slice(2);
  try {
    await (commands[command] ?? fail('key, present or accept is expected'))(readArguments(list));
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
