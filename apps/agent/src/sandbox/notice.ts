/** Tells a buyer to make room: a file in the sandbox, a line in every open session, and a program of the buyer's own, if there is one. */

import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Millis } from '@tokenos/domain/time';
import { deadlineOf } from '@tokenos/domain/preemption/deadline';
import type { Link } from '../link/link.js';
import { NOTICES_DIR, PREEMPTION_NOTICE } from './system-files.js';
import type { Workspace } from './workspace.js';

/** In the buyer's home: run once, when the notice is given. */
const HOOK = '.tokenos/on-notice';

export const noticeText = (at: Millis): string =>
  `TokenOS: this SPOT rental has to make room and ends in 90 seconds, not before ${utc(deadlineOf(at))} UTC. ` +
  'Save your work now. Minutes that are not used come back by themselves.';

const utc = (at: Millis): string => new Date(at).toISOString().slice(11, 19);

/** The file is there, whole, when it resolves; the hook is only started. */
export async function giveNotice(
  { notices }: Workspace,
  link: Link,
  text: string,
  tell: (line: string) => void,
): Promise<void> {
  const draft = join(notices, `.${PREEMPTION_NOTICE}`);
  await writeFile(draft, `${text}\n`, { mode: 0o644 });
  await rename(draft, join(notices, PREEMPTION_NOTICE));
  tell(text);
  startHook(link);
}

function startHook(link: Link): void {
  const command = `hook="$HOME/${HOOK}"; [ ! -x "$hook" ] || exec "$hook" >/dev/null 2>&1 </dev/null`;
  const env = { TOKENOS_NOTICE_FILE: `${NOTICES_DIR}/${PREEMPTION_NOTICE}` };
  const channel = link.open({ kind: 'run', command, pty: null, env });
  channel.io.end();
  channel.io.resume();
  channel.err.resume();
}
