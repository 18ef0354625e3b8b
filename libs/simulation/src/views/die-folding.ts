/**
 * A process that is killed at the worst moment. It has followed half of the facts, follows on and rebuilds its view at the same
 * time, and comes to a halt in the middle of both transactions, for every service at once: then it says so, and waits for its end.
 */

import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import type { Following } from '@tokenos/runtime/service/options';
import { VIEWS } from './all-views.js';
import { openKeeper } from './keeper.js';

const [url = '', half = ''] = process.argv.slice(2);
/** Facts that each of the two transactions folds before it halts. */
const FOLDED = 20;

async function dieFolding(name: string, following: Following<unknown>): Promise<void> {
  const store = await openPostgresEventStore(url, { applicationName: name });
  const whole = await openKeeper(url, name, { ...store, readAll: upTo(Number(half), store.readAll) }, following);
  await whole.follower.catchUp();
  const [following_, rebuilding] = [halting(following), halting(following)];
  const dying = await openKeeper(url, name, store, following_.following);
  const reborn = await openKeeper(url, name, store, rebuilding.following);
  void dying.follower.catchUp();
  void reborn.rebuild();
  await Promise.all([following_.halted, rebuilding.halted]);
}

/** The store as it was when it had so many facts; positions count them here. */
function upTo(count: number, readAll: Awaited<ReturnType<typeof openPostgresEventStore>>['readAll']): typeof readAll {
  return async (after, limit) => (await readAll(after, limit)).filter(({ position }) => Number(position) <= count);
}

function halting(following: Following<unknown>) {
  let left = FOLDED;
  let halt = (): void => undefined;
  const halted = new Promise<void>((resolve) => (halt = resolve));
  const { view } = following;
  const apply: typeof view.apply = async (tx, envelope, place) => {
    await view.apply(tx, envelope, place);
    left -= 1;
    if (left > 0) return;
    halt();
    await new Promise(() => undefined);
  };
  return { halted, following: { ...following, view: { ...view, apply } } };
}

await Promise.all(Object.entries(VIEWS).map(([name, following]) => dieFolding(name, following)));
process.stdout.write(`${JSON.stringify({ halted: true })}\n`);
setInterval(() => undefined, 1_000);
