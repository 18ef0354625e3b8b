/** A lease's own directory on the host: home and tmp, which its user writes, and the system files the agent writes. */

import { chmod, chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { errorCode } from '../error-code.js';

/** An end is reported when the workspace is out of reach; deleting very many files may take longer than that. */
const REMOVAL_WAIT_MS = 3_000;

export interface Workspace {
  readonly dir: string;
  readonly home: string;
  readonly tmp: string;
  readonly system: string;
  /** What the platform has to say to the buyer: written by the agent, read inside. */
  readonly notices: string;
}

export function workspaceAt(dir: string): Workspace {
  const within = (name: string): string => join(dir, name);
  return { dir, home: within('home'), tmp: within('tmp'), system: within('system'), notices: within('notices') };
}

export interface WorkspaceContents {
  /** Who owns home and tmp, where the agent is root; null where it owns them itself. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  /** Files of `system`: name -> content. Executable ones are named in `tools`. */
  readonly files: Readonly<Record<string, string>>;
  readonly tools: readonly string[];
}

/** Creates it, or completes one that a restart of the agent finds: what the buyer wrote stays. */
export async function prepareWorkspace(
  workspace: Workspace,
  { owner, files, tools }: WorkspaceContents,
): Promise<void> {
  for (const dir of [workspace.home, workspace.tmp, workspace.system, workspace.notices])
    await mkdir(dir, { recursive: true, mode: 0o755 });
  await chmod(workspace.home, 0o700);
  await chmod(workspace.tmp, 0o1777);
  if (owner !== null) for (const dir of [workspace.home, workspace.tmp]) await chown(dir, owner.uid, owner.gid);
  for (const [name, content] of Object.entries(files)) {
    const path = join(workspace.system, name);
    await writeFile(path, content);
    await chmod(path, tools.includes(name) ? 0o755 : 0o644);
  }
}

/** Puts it out of reach at once and deletes it; waits for the deletion no longer than an end may take. Idempotent. */
export async function removeWorkspace({ dir }: Workspace, trash: string): Promise<void> {
  await mkdir(trash, { recursive: true, mode: 0o700 });
  const discarded = join(trash, basename(dir));
  await rename(dir, discarded).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT') throw error;
  });
  const waited = new AbortController();
  const patience = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, REMOVAL_WAIT_MS);
    waited.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  await Promise.race([deleteTree(discarded), patience]).finally(() => waited.abort());
}

/** What an earlier run could not finish deleting. */
export async function emptyTrash(trash: string): Promise<void> {
  // The directory itself stays: an end may be moving something into it at this moment.
  for (const name of await readdir(trash).catch(() => [])) await deleteTree(join(trash, name));
}

async function deleteTree(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true }).catch(async () => {
    // A user who is not root must first be let into directories that were closed to their owner.
    await promisify(execFile)('chmod', ['-R', 'u+rwX', path]).catch(() => undefined);
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  });
}
