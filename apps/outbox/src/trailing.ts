/** A checkpoint that follows behind: the newest position is saved while publishing goes on, one save at a time. */

export interface Trailing {
  /** Never waits for the disk. Throws what an earlier save has thrown. */
  moveTo(position: string): void;
  /** Resolves once the newest position is saved. */
  settled(): Promise<void>;
}

export function trailing(save: (position: string) => Promise<void>): Trailing {
  let unsaved: string | null = null;
  let failure: { readonly error: unknown } | null = null;
  let saving: Promise<void> | null = null;

  async function saveNewest(): Promise<void> {
    try {
      while (unsaved !== null) {
        const position = unsaved;
        unsaved = null;
        await save(position);
      }
    } catch (error) {
      failure = { error };
    }
    saving = null;
  }

  function assertSaved(): void {
    if (failure !== null) throw failure.error;
  }

  return {
    moveTo(position) {
      assertSaved();
      unsaved = position;
      saving ??= saveNewest();
    },
    async settled() {
      await saving;
      assertSaved();
    },
  };
}
