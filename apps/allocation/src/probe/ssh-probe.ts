/** The platform's probe over the buyer's own path: a real SSH login that can only ask for a signed answer to a challenge. */

import { probeAnswer, type ProbeAnswer } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { randomBytes } from 'node:crypto';
import ssh2 from 'ssh2';

/** Wall time for the whole probe: connect, authenticate, ask, hear. */
const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 4_096;

export interface ProbeTarget {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** "ssh-ed25519 AAAA...": any other key fails the probe. */
  readonly hostKey: string;
  readonly privateKey: string;
  readonly rentalId: string;
  readonly attempt: number;
  readonly nodeId: string;
  readonly nodeKey: string;
}

/** Null on success, else what went wrong, for people. Never throws. */
export async function probeLease(target: ProbeTarget): Promise<string | null> {
  const nonce = randomBytes(24).toString('hex');
  try {
    const answer = probeAnswer.parse(JSON.parse(await ask(target, nonce)));
    return whyWrong(answer, target, nonce);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function whyWrong(answer: ProbeAnswer, target: ProbeTarget, nonce: string): string | null {
  if (answer.nonce !== nonce) return 'it answered another challenge';
  if (answer.rentalId !== target.rentalId || answer.attempt !== target.attempt) return 'it answered for another lease';
  if (answer.nodeId !== target.nodeId) return 'it answered for another node';
  return isSignedBy(answer, target.nodeKey) ? null : 'its answer is not signed by the enrolled node';
}

function ask(target: ProbeTarget, nonce: string): Promise<string> {
  const client = new ssh2.Client();
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    const settled = (): void => clearTimeout(timer);
    client.on('error', (error) => (settled(), reject(error)));
    client.on('close', () => (settled(), reject(new Error('the connection was closed before an answer'))));
    client.on('ready', () => {
      client.exec(`challenge ${nonce}`, (error, channel) => {
        if (error) return reject(error);
        let text = '';
        channel.on('data', (chunk: Buffer) => {
          text += chunk.toString('utf8');
          if (text.length > MAX_ANSWER_BYTES) reject(new Error('the answer is too long'));
        });
        channel.on('close', () => (settled(), resolve(text)));
      });
    });
    client.connect({
      host: target.host,
      port: target.port,
      username: target.username,
      privateKey: target.privateKey,
      readyTimeout: TIMEOUT_MS,
      hostVerifier: (key: Buffer) => isHostKey(key, target.hostKey),
    });
  }).finally(() => client.end());
}

const isHostKey = (key: Buffer, expected: string): boolean => expected.split(' ')[1] === key.toString('base64');

/** What host key a machine shows, without logging in. Throws where nothing answers. */
export function readHostKey(host: string, port: number): Promise<string> {
  const client = new ssh2.Client();
  return new Promise<string>((resolve, reject) => {
    client.on('error', reject);
    client.on('close', () => reject(new Error('closed before it showed a host key')));
    client.connect({
      host,
      port,
      username: 'tokenos-verify',
      readyTimeout: TIMEOUT_MS,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => {
        resolve(`ssh-ed25519 ${key.toString('base64')}`);
        return false;
      },
    });
  }).finally(() => client.end());
}
