/** The files and directories that an SFTP client holds open. */

import type { Dir } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const MAX_OPEN = 256;

export type OpenFile =
  | { readonly kind: 'file'; readonly file: FileHandle; readonly append: boolean }
  | { readonly kind: 'directory'; readonly path: string; readonly dir: Dir };

export class Handles {
  readonly #open = new Map<string, OpenFile>();
  #next = 0;

  async add(opened: OpenFile): Promise<Buffer> {
    if (this.#open.size >= MAX_OPEN) {
      await close(opened);
      throw new Error('too many open files');
    }
    const name = String(this.#next++);
    this.#open.set(name, opened);
    return Buffer.from(name);
  }

  file(handle: Buffer): Extract<OpenFile, { kind: 'file' }> {
    const opened = this.#open.get(handle.toString());
    if (opened?.kind !== 'file') throw new Error('not an open file');
    return opened;
  }

  directory(handle: Buffer): Extract<OpenFile, { kind: 'directory' }> {
    const opened = this.#open.get(handle.toString());
    if (opened?.kind !== 'directory') throw new Error('not an open directory');
    return opened;
  }

  async close(handle: Buffer): Promise<void> {
    const opened = this.#open.get(handle.toString());
    if (opened === undefined) throw new Error('not open');
    this.#open.delete(handle.toString());
    await close(opened);
  }

  async closeAll(): Promise<void> {
    const all = [...this.#open.values()];
    this.#open.clear();
    await Promise.allSettled(all.map(close));
  }
}

async function close(opened: OpenFile): Promise<void> {
  await (opened.kind === 'file' ? opened.file.close() : opened.dir.close());
}
