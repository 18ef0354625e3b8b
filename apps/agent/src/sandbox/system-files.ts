/** The few files under /etc that a sandbox gets instead of the host's own. Pure text. */

export interface Person {
  readonly username: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** First in the sandbox's PATH: what the agent puts there wins over the host's programs. */
export const TOOLS_DIR = '/run/tokenos/bin';
/** Each notice of the platform is a file in here, from the moment it is given. */
export const NOTICES_DIR = '/run/tokenos/notices';
/** The notice that the rental has to yield. */
export const PREEMPTION_NOTICE = 'preemption';
export const SYSTEM_PATH = `${TOOLS_DIR}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`;

export interface SystemFiles {
  readonly person: Person;
  readonly hostname: string;
  /** Address of the name server, or null without a network. */
  readonly nameServer: string | null;
  /** Shown when a shell opens; empty for none. */
  readonly greeting: string;
}

/** File name under /etc -> content. */
export function systemFiles({ person, hostname, nameServer, greeting }: SystemFiles): Readonly<Record<string, string>> {
  const { username, uid, gid, home, shell } = person;
  return {
    passwd: lines('root:x:0:0:root:/root:/usr/sbin/nologin', `${username}:x:${uid}:${gid}::${home}:${shell}`, NOBODY),
    group: lines('root:x:0:', `${username}:x:${gid}:`, 'nogroup:x:65534:'),
    hosts: lines('127.0.0.1 localhost', '::1 localhost', `127.0.1.1 ${hostname}`),
    hostname: lines(hostname),
    'nsswitch.conf': lines('passwd: files', 'group: files', 'hosts: files dns', 'services: files', 'protocols: files'),
    'resolv.conf': nameServer === null ? '' : lines(`nameserver ${nameServer}`),
    motd: greeting,
    profile: lines(
      `PATH="${SYSTEM_PATH}:$HOME/.local/bin"; export PATH`,
      `[ -z "$PS1" ] || cat /etc/motd ${NOTICES_DIR}/* 2>/dev/null`,
      '[ -z "$BASH_VERSION" ] || [ ! -r /etc/bash.bashrc ] || . /etc/bash.bashrc',
      'for part in /etc/profile.d/*.sh; do [ ! -r "$part" ] || . "$part"; done; unset part',
    ),
  };
}

const NOBODY = 'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin';

const lines = (...parts: readonly string[]): string => `${parts.join('\n')}\n`;
