/** Node signatures: Ed25519 over the RFC 8785 form of a message without its `signature`. Agents sign; gateway, allocation and metering verify. */

import { createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { canonical } from '../envelope/canonical.js';

/** DER prefix of an Ed25519 SubjectPublicKeyInfo (RFC 8410): the raw 32 bytes follow. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** To read a key costs as much as to check a signature with it, and each node sends one every few seconds. */
const read = new Map<string, KeyObject>();
/** More than a machine hears; about 1 KiB each. */
const KEPT = 10_000;

/** `nodeKey`: base64url of the raw 32 bytes, as enrolled. Throws a TypeError on any other length. */
export function nodePublicKey(nodeKey: string): KeyObject {
  const known = read.get(nodeKey);
  if (known !== undefined) return known;
  const key = readKey(nodeKey);
  if (read.size >= KEPT) read.clear();
  read.set(nodeKey, key);
  return key;
}

function readKey(nodeKey: string): KeyObject {
  const raw = Buffer.from(nodeKey, 'base64url');
  if (raw.length !== 32) throw new TypeError('a node key is 32 bytes, base64url');
  return createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
}

/** What goes into enrolment: base64url of the raw 32 bytes. */
export function encodeNodeKey(publicKey: KeyObject): string {
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length).toString('base64url');
}

export function signMessage<Body extends object>(body: Body, privateKey: KeyObject): Body & { signature: string } {
  return { ...body, signature: signText(canonical(body), privateKey) };
}

/** False, never an exception: half a surrogate pair in a message has no canonical form, so nobody can have signed it. */
export function isSignedBy(message: { readonly signature: string }, nodeKey: string): boolean {
  const { signature, ...body } = message;
  try {
    return isTextSignedBy(canonical(body), signature, nodeKey);
  } catch {
    return false;
  }
}

export const signText = (text: string, privateKey: KeyObject): string =>
  sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url');

/** False, never an exception, on a malformed signature or key: both come from outside. */
export function isTextSignedBy(text: string, signature: string, nodeKey: string): boolean {
  try {
    return verify(null, Buffer.from(text, 'utf8'), nodePublicKey(nodeKey), Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** What `hello` signs: bound to this protocol, this challenge and this node. */
export const helloText = (nonce: string, nodeId: string): string => `tokenos-agent-hello:${nonce}:${nodeId}`;
