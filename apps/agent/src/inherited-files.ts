/** Closes what the agent inherited from whoever started it, so that no sandbox inherits it in turn. */

import { closeSync, readdirSync, readFileSync } from 'node:fs';

const O_CLOEXEC = 0o2000000;
const FIRST_BEYOND_STDIO = 3;

/** Node's own descriptors close on exec; one that does not was left open by the parent. */
export function closeInheritedFiles(): void {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    if (fd >= FIRST_BEYOND_STDIO && isInherited(fd)) closeSync(fd);
  }
}

function isInherited(fd: number): boolean {
  try {
    const [, flags] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
    return flags !== undefined && (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The directory listing's own descriptor is gone by now.
    return false;
  }
}
