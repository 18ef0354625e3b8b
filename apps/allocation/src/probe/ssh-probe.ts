/** The platform's probe over the buyer's own path: a real SSH login that can only ask for a signed answer to a challenge. */

import { probeAnswer, type ProbeAnswer } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { randomBytes } from 'node:crypto';
import ssh2, { type ClientChannel, type ConnectConfig } from 'ssh2';
import { plainWords } from './plain-words.js';

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
export async function probeLease(target: ProbeTarget, timeoutMs = TIMEOUT_MS): Promise<string | null> {
  const nonce = randomBytes(24).toString('hex');
  try {
    const answer = probeAnswer.safeParse(JSON.parse(await ask(target, nonce, timeoutMs)));
    return answer.success ? whyWrong(answer.data, target, nonce) : 'its answer is not one';
  } catch (error) {
    // An AggregateError of several addresses says nothing by itself.
    return plainWords(error instanceof Error ? error.message : String(error)) || 'it cannot be reached';
  }
}

function whyWrong(answer: ProbeAnswer, target: ProbeTarget, nonce: string): string | null {
  if (answer.nonce !== nonce) return 'it answered another challenge';
  if (answer.rentalId !== target.rentalId || answer.attempt !== target.attempt) return 'it answered for another lease';
  if (answer.nodeId !== target.nodeId) return 'it answered for another node';
  return isSignedBy(answer, target.nodeKey) ? null : 'its answer is not signed by the enrolled node';
}

function ask(target: ProbeTarget, nonce: string, timeoutMs: number): Promise<string> {
  const { host, port, username, privateKey } = target;
  const config = { host, port, username, privateKey };
  return connected<string>(config, timeoutMs, (client, resolve, reject) => {
    client.on('ready', () => {
      client.exec(`challenge ${nonce}`, (error, channel) => {
        if (error) reject(error);
        else hear(channel, resolve, reject);
      });
    });
    return (shown) => shown === target.hostKey.split(' ', 2).join(' ');
  });
}

function hear(channel: ClientChannel, resolve: (text: string) => void, reject: (error: Error) => void): void {
  let heard = Buffer.alloc(0);
  channel.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    if (heard.length > MAX_ANSWER_BYTES) reject(new Error('its answer is too long'));
  });
  channel.on('close', () => resolve(heard.toString('utf8')));
}

/** Which host key a machine has: it has signed a key exchange with it, nobody logged in. Throws where nothing answers. */
export function readHostKey(host: string, port: number, timeoutMs = TIMEOUT_MS): Promise<string> {
  return connected<string>({ host, port, username: 'tokenos-verify' }, timeoutMs, (client, resolve) => {
    let hostKey = '';
    client.on('handshake', () => resolve(hostKey));
    return (shown) => {
      hostKey = shown;
      return true;
    };
  });
}

type Listen<T> = (
  client: ssh2.Client,
  resolve: (value: T) => void,
  reject: (error: Error) => void,
) => (hostKey: string) => boolean;

/** One connection, gone without a trace when the answer is there, or the time is up. `listen` gives what host keys it accepts. */
function connected<T>(config: ConnectConfig, timeoutMs: number, listen: Listen<T>): Promise<T> {
  const client = new ssh2.Client();
  let timer: NodeJS.Timeout | undefined;
  return new Promise<T>((resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    client.on('error', reject);
    // Each small message of a login would otherwise wait for the acknowledgement of the one before: 0.3 s in all.
    client.on('connect', () => client.setNoDelay(true));
    client.on('close', () => reject(new Error('the connection was closed before an answer')));
    const accepts = listen(client, resolve, reject);
    client.connect({
      ...config,
      readyTimeout: 2 * timeoutMs,
      algorithms: { serverHostKey: ['ssh-ed25519'] },
      hostVerifier: (key: Buffer) => accepts(`ssh-ed25519 ${key.toString('base64')}`),
    });
  }).finally(() => {
    clearTimeout(timer);
    client.destroy();
  });
}
