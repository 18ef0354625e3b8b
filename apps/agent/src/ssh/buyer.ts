/** What a buyer's connection may do: run things on a terminal or without, copy files, and forward ports into the sandbox. */

import type { Connection, PseudoTtyInfo, ServerChannel, Session, SetEnvInfo } from 'ssh2';
import type { Channel, ChannelRequest } from '../link/channel.js';
import type { Link } from '../link/link.js';
import { carryForward, carrySession } from './carry.js';

/** Sessions and forwards on one connection. */
const MAX_CHANNELS = 256;
/** What sshd accepts by default on Debian. */
const ACCEPTED_ENV = /^(LANG|LC_[A-Z]+)$/;
const MAX_ENV_VALUE = 256;

/** Puts a line before the person or the program at the other end. */
export type Tell = (line: string) => void;

/** Answers how to reach everyone on this connection. Remote, agent and X11 forwarding have no listener here: ssh2 refuses what nobody listens for. */
export function serveBuyer(connection: Connection, link: Link): Tell {
  const open = new Set<Channel>();
  const listening = new Map<Channel, Tell>();
  const track = (channel: Channel): Channel => {
    open.add(channel);
    channel.once('exit', () => {
      open.delete(channel);
      listening.delete(channel);
    });
    return channel;
  };
  connection.on('close', () => {
    for (const channel of open) channel.close();
  });
  connection.on('session', (accept, reject) => {
    if (open.size >= MAX_CHANNELS) return reject();
    serveSession(accept(), {
      open: (request) => track(link.open(request)),
      heardBy: (channel, tell) => listening.set(channel, tell),
    });
  });
  connection.on('tcpip', (accept, reject, { destIP, destPort }) => {
    if (open.size >= MAX_CHANNELS) return reject();
    const channel = track(link.open({ kind: 'connect', host: destIP, port: destPort }));
    channel.once('exit', reject);
    channel.once('opened', () => {
      channel.off('exit', reject);
      carryForward(accept(), channel);
    });
  });
  return (line) => {
    for (const tell of listening.values()) tell(line);
  };
}

interface Sandbox {
  readonly open: (request: ChannelRequest) => Channel;
  readonly heardBy: (channel: Channel, tell: Tell) => void;
}

function serveSession(session: Session, { open, heardBy }: Sandbox): void {
  const env: Record<string, string> = {};
  let pty: PseudoTtyInfo | null = null;
  let running: Channel | null = null;
  const run = (stream: ServerChannel, command: string | null): void => {
    const terminal = pty && { cols: pty.cols, rows: pty.rows, term: terminalName(pty) };
    const channel = open({ kind: 'run', command, pty: terminal, env });
    running = channel;
    const voice = carrySession(stream, channel);
    heardBy(channel, terminal === null ? (line) => voice.aside(`${line}\n`) : (line) => voice.say(`\r\n${line}\r\n`));
  };
  session.on('env', (accept, reject, { key, val }: SetEnvInfo) => {
    if (!ACCEPTED_ENV.test(key) || val.length > MAX_ENV_VALUE) return reject?.();
    env[key] = val;
    accept?.();
  });
  session.on('pty', (accept, _reject, info) => {
    pty = info;
    accept?.();
  });
  session.on('window-change', (accept, _reject, { cols, rows }) => {
    running?.resize({ cols, rows });
    accept?.();
  });
  session.on('signal', (accept, _reject, { name }) => {
    running?.signal(name);
    accept?.();
  });
  session.on('shell', (accept) => run(accept(), null));
  session.on('exec', (accept, _reject, { command }) => run(accept(), command));
  session.on('subsystem', (accept, reject, { name }) => {
    if (name !== 'sftp') return reject();
    running = open({ kind: 'sftp' });
    carrySession(accept(), running);
  });
}

/** The client names its terminal; @types/ssh2 does not know the field. */
function terminalName(info: PseudoTtyInfo): string {
  const term = 'term' in info && typeof info.term === 'string' ? info.term : '';
  return /^[A-Za-z0-9._+-]{1,64}$/.test(term) ? term : 'xterm';
}
