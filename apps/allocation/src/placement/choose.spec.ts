/** A choice, and whether anyone could make it again from its receipt and the public facts. */

import { usernameFor } from '@tokenos/contracts/agent/username';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { fold } from '@tokenos/domain/decider';
import { usdc } from '@tokenos/domain/money';
import { compare, NEWCOMER_REPUTATION_BPS, score, type Candidate } from '@tokenos/domain/placement/placement';
import { rentalDecider } from '@tokenos/domain/rental/decider';
import type { RentalTerms } from '@tokenos/domain/rental/facts';
import type { Present } from '@tokenos/domain/rental/state';
import { uuid } from '@tokenos/testing/generators/names';
import { interrupted } from '@tokenos/testing/generators/sample-course';
import {
  failed,
  placed,
  RATE,
  received,
  RENTAL,
  requestedWith,
  started,
} from '@tokenos/testing/generators/sample-facts';
import fc from 'fast-check';
import { tieBreak } from '@tokenos/contracts/envelope/tie-break';
import type { NodeWithIdleGpus } from './candidates.js';
import { choose as chooseLeaving } from './choose.js';

const choose = (state: Present, attempt: number, nodes: readonly NodeWithIdleGpus[], spotReserve = 0) =>
  chooseLeaving(state, attempt, nodes, spotReserve);

function rentalOf(terms: Partial<RentalTerms> = {}, failures = 0): Present {
  const attempts = Array.from({ length: failures }, (_, n) => [placed(n + 1), failed(n + 1)]);
  const state = fold(rentalDecider, [requestedWith(terms), received(), ...attempts.flat()]);
  if (state.status !== 'paid') throw new Error(`the sample is ${state.status}`);
  return state;
}

function node(n: number, change: Partial<Candidate> = {}, around: Partial<NodeWithIdleGpus> = {}): NodeWithIdleGpus {
  const nodeId = uuid('c', n);
  const candidate: Candidate = {
    nodeId,
    operatorId: uuid('b', n),
    online: true,
    verified: true,
    draining: false,
    gpuTier: 'H100',
    region: 'eu-central',
    rateMicroUsdcPerHour: RATE,
    reputationBps: NEWCOMER_REPUTATION_BPS,
    idleGpus: 4,
    tieBreak: tieBreak(RENTAL, nodeId),
    ...change,
  };
  const idleGpuUuids = Array.from({ length: candidate.idleGpus }, (_, gpu) => `GPU-${n}-${gpu}`);
  const room = { nodeId, idleGpus: candidate.idleGpus, spotGpus: 0, reserved: [] };
  const rest = { heldGpus: 0, room, ...around };
  return {
    candidate,
    idleGpuUuids,
    ...rest,
    endpoint: { host: `node${n}.example`, port: 2222, hostKey: `ssh-ed25519 A${n}` },
  };
}

describe('placement chooses', () => {
  it('the best node, its first idle cards, its door, and the user name that the rental has everywhere', () => {
    const cheaper = node(2, { rateMicroUsdcPerHour: usdc(5_000_000n) });
    expect(choose(rentalOf({ gpuCount: 2 }), 1, [node(1), cheaper])).toMatchObject({
      attempt: 1,
      nodeId: uuid('c', 2),
      operatorId: uuid('b', 2),
      rateMicroUsdcPerHour: 5_000_000n,
      gpuUuids: ['GPU-2-0', 'GPU-2-1'],
      endpoint: { host: 'node2.example', port: 2222, hostKey: 'ssh-ed25519 A2', username: usernameFor(RENTAL) },
    });
  });

  it('nobody where nobody fits', () => {
    expect(choose(rentalOf(), 1, [])).toBeNull();
    expect(choose(rentalOf(), 1, [node(1, { online: false })])).toBeNull();
  });

  it('no node on which this rental has failed before', () => {
    expect(choose(rentalOf({}, 1), 2, [node(1), node(2)])).toMatchObject({ attempt: 2, nodeId: uuid('c', 2) });
    expect(choose(rentalOf({}, 2), 3, [node(1), node(2)])).toBeNull();
  });
});

describe('placement passes over', () => {
  const idle = (n: number, reserved: readonly number[] = []) => {
    const nodeId = uuid('c', n);
    return node(n, { idleGpus: 1 }, { room: { nodeId, idleGpus: 1, spotGpus: 0, reserved } });
  };

  it('GPUs that are held for another rental, and says so in the receipt', () => {
    const kept = node(1, { idleGpus: 0, rateMicroUsdcPerHour: usdc(1n) }, { heldGpus: 1 });
    expect(choose(rentalOf(), 1, [kept])).toBeNull();
    expect(choose(rentalOf(), 1, [kept, node(2)])).toMatchObject({
      nodeId: uuid('c', 2),
      receipt: { refused: { held: 1 } },
    });
  });

  it('the last idle GPUs of a class where the rental is SPOT', () => {
    expect(choose(rentalOf({ tier: 'SPOT' }), 1, [idle(1)], 1)).toBeNull();
    expect(choose(rentalOf({ tier: 'SPOT' }), 1, [idle(1), idle(2)], 1)).not.toBeNull();
    expect(choose(rentalOf(), 1, [idle(1)], 1)).not.toBeNull();
  });

  it('the room that a dead machine would need for its RESERVED rentals', () => {
    expect(choose(rentalOf(), 1, [idle(1, [1]), idle(2)])).toMatchObject({
      nodeId: uuid('c', 1),
      receipt: { refused: { reserved_spare: 1 } },
    });
    expect(choose(rentalOf({ tier: 'RESERVED' }), 1, [idle(1)])).toBeNull();
  });

  it('no such room when a RESERVED rental needs it, and no node that was lost under the rental', () => {
    const facts = [requestedWith({ tier: 'RESERVED' }), received(), placed(), started(), interrupted()];
    const state = fold(rentalDecider, facts) as Present;
    expect(choose(state, 2, [node(1), idle(2)])).toMatchObject({ attempt: 2, nodeId: uuid('c', 2) });
  });
});

describe('a receipt', () => {
  const nodes = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 40 }).chain((numbers) =>
    fc.tuple(
      ...numbers.map((n) =>
        fc
          .record({
            online: fc.boolean(),
            rate: fc.integer({ min: 5_700_000, max: 5_900_000 }),
            idleGpus: fc.integer({ min: 0, max: 3 }),
          })
          .map(({ online, rate, idleGpus }) => node(n, { online, idleGpus, rateMicroUsdcPerHour: usdc(BigInt(rate)) })),
      ),
    ),
  );

  it('names the best twenty, counts everyone else, and can be made again from the same nodes in any order', () => {
    fc.assert(
      fc.property(nodes, (offered) => {
        const chosen = choose(rentalOf(), 1, offered);
        expect(choose(rentalOf(), 1, [...offered].reverse())).toEqual(chosen);
        if (chosen === null) return;
        const { best, unfit, fullListSha256, rules } = chosen.receipt;
        expect(rules).toBe('placement@1');
        expect(best[0]?.nodeId).toBe(chosen.nodeId);
        const fit = offered
          .map(({ candidate }) => candidate)
          .filter((one) => one.online && one.idleGpus > 0 && one.rateMicroUsdcPerHour <= RATE);
        expect(Object.values(unfit).reduce((sum, count) => sum + count, 0)).toBe(offered.length - fit.length);
        const list = fit.map((one) => score(one, RATE)).sort(compare);
        expect(best).toEqual(list.slice(0, 20));
        const wire = list.map((one) => ({ ...one, rateMicroUsdcPerHour: one.rateMicroUsdcPerHour.toString() }));
        expect(fullListSha256).toBe(sha256Hex(canonical(wire)));
      }),
    );
  });

  it('breaks ties by the hash of rental and node, which anyone can compute', () => {
    const chosen = choose(rentalOf(), 1, [node(1), node(2), node(3)]);
    const byHash = [1, 2, 3].map((n) => uuid('c', n)).sort((a, b) => (hash(a) < hash(b) ? -1 : 1));
    expect(chosen?.receipt.best.map(({ nodeId }) => nodeId)).toEqual(byHash);
  });
});

const hash = (nodeId: string): string => sha256Hex(`${RENTAL}:${nodeId}`);
