/**
 * placement@1: after the loss of any one node the others can hold each of its RESERVED rentals, and ON_DEMAND takes none of that room.
 *
 * How many GPUs were idle is not known to the last one, so a choice is called wrong only where it is wrong at the most room that
 * there can have been, and, for ON_DEMAND, where nothing was missing before at the least.
 */

import type { Note } from '../finding.js';
import type { Choice, Sight } from './fleet.js';
import type { Lease } from './leases.js';

/** One node's room for others, and the GPUs of each RESERVED rental that would need room elsewhere. */
interface House {
  readonly nodeId: string;
  readonly room: number;
  readonly reserved: readonly number[];
}

export function checkSpare(choice: Choice, sights: readonly Sight[], note: Note): void {
  const { placed, terms, isFailover } = choice;
  const { tier, gpuCount, gpuTier } = terms;
  if (tier === 'SPOT' || (tier === 'RESERVED' && isFailover)) return;
  // Who was offline has no room, and the receipt only says how many were.
  if (placed.receipt.unfit.offline > 0) return;
  const own = sights.filter(({ enrolled }) => enrolled.gpuTier === gpuTier);
  const atMost = own.map((sight) => {
    const isHouse = surelyServes(sight) || sight.nodeId === placed.nodeId;
    const room = mayServe(sight) ? sight.enrolled.gpus.length - busy(sight.leases.surely) : 0;
    return house(sight, room, isHouse ? sight.leases.surely : []);
  });
  const after = atMost.map((one) => (one.nodeId === placed.nodeId ? taking(one, tier, gpuCount) : one));
  if (missing(after) === 0) return;
  if (tier === 'RESERVED') {
    note('placement@1', 'RESERVED where no other node could take it over');
    return;
  }
  const atLeast = own.map((sight) => {
    const room = surelyServes(sight) ? idleOf(sight, placed) + spotOf(sight.leases.surely) : 0;
    return house(sight, room, sight.leases.perhaps);
  });
  if (missing(atLeast) === 0) note('placement@1', 'ON_DEMAND takes the room that RESERVED would need');
}

const surelyServes = ({ verified, draining }: Sight): boolean => !verified.includes(false) && !draining.includes(true);
const mayServe = ({ verified, draining }: Sight): boolean => verified.includes(true) && draining.includes(false);
const busy = (leases: readonly Lease[]): number => leases.filter(({ tier }) => tier !== 'SPOT').length;
const spotOf = (leases: readonly Lease[]): number => leases.length - busy(leases);
const idleOf = ({ nodeId }: Sight, { receipt }: Choice['placed']): number =>
  receipt.best.find((candidate) => candidate.nodeId === nodeId)?.idleGpus ?? 0;

function house({ nodeId }: Sight, room: number, leases: readonly Lease[]): House {
  const reserved = leases.filter(({ tier }) => tier === 'RESERVED').map(({ stream }) => stream);
  const sizes = [...new Set(reserved)].map((stream) => reserved.filter((other) => other === stream).length);
  return { nodeId, room, reserved: sizes };
}

const taking = (one: House, tier: string, gpuCount: number): House => ({
  ...one,
  room: one.room - gpuCount,
  reserved: tier === 'RESERVED' ? [...one.reserved, gpuCount] : one.reserved,
});

/** GPUs that find no room, over the loss of each node by itself: the largest rental first, each into the tightest room. */
function missing(houses: readonly House[]): number {
  let homeless = 0;
  for (const lost of houses) {
    const rooms = houses.filter((one) => one !== lost).map(({ room }) => room);
    for (const gpus of [...lost.reserved].sort((a, b) => b - a)) {
      const fitting = rooms.filter((room) => room >= gpus);
      const tightest = rooms.indexOf(Math.min(...fitting));
      if (fitting.length === 0) homeless += gpus;
      else rooms[tightest] = (rooms[tightest] ?? 0) - gpus;
    }
  }
  return homeless;
}
