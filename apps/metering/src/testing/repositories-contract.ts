/** What metering's repositories promise, as tests that run on each adapter. */

import { GENESIS_HASH, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import { PROBE_REACH } from '@tokenos/domain/metering/minutes';
import { MINUTE } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { RENTAL } from '@tokenos/testing/generators/sample-facts';
import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import { KEEP_EVIDENCE, type Message, type Repositories } from '../repositories/port.js';
import { foldFact } from '../view/view.js';
import { heartbeat, iso, minute, probe } from './meter-bench.js';

const OTHER = uuid('a', 2);
const NODE = enrolment.nodeId;

const beat = (at: number, rentalId = RENTAL): Message => ({ kind: 'heartbeat', message: heartbeat(at, rentalId) });
const probed = (at: number): Message => ({ kind: 'probe', message: probe(at) });
const proof = (sha256: string, firstMinute: number, keptUntil = minute(0)) => ({
  ...{ sha256, body: `why ${sha256}`, rentalId: RENTAL, firstMinute, keptUntil },
});

/** `open` gives empty repositories. */
export function repositoriesContract(name: string, open: () => Promise<Repositories>): void {
  describe(`what metering keeps in ${name}`, () => {
    let kept: Repositories;
    beforeEach(async () => {
      kept = await open();
    });

    const times = async (from: number, rentalId = RENTAL) => {
      const { heartbeats, probes } = await kept.ledger.read(rentalId, from);
      return { heartbeats: heartbeats.map(({ at }) => at), probes: probes.map(({ at }) => at) };
    };

    it('is evidence in the order of its time, whenever it came, and each message once', async () => {
      const { ledger } = kept;
      await ledger.write([RENTAL, OTHER], { sequence: 3, at: minute(2) }, beat(minute(2)));
      await ledger.write([RENTAL], { sequence: 1, at: minute(1) }, beat(minute(1)));
      await ledger.write([RENTAL], { sequence: 4, at: minute(1) }, probed(minute(1)));
      await ledger.write([RENTAL], { sequence: 3, at: minute(2) }, beat(minute(2)));
      // The bus lost its disk and counts from one again: another message, at another time.
      await ledger.write([RENTAL], { sequence: 1, at: minute(3) }, beat(minute(3)));
      await ledger.write([], { sequence: 9, at: minute(3) }, beat(minute(3)));
      expect(await times(minute(0))).toEqual({ heartbeats: [minute(1), minute(2), minute(3)], probes: [minute(1)] });
      expect(await times(minute(0), OTHER)).toEqual({ heartbeats: [minute(2)], probes: [] });
    });

    it('is evidence in the order of the bus where the time is the same', async () => {
      for (const sequence of [5, 7, 6]) {
        const message = { ...heartbeat(minute(1)), seq: sequence };
        await kept.ledger.write([RENTAL], { sequence, at: minute(1) }, { kind: 'heartbeat', message });
      }
      const { heartbeats } = await kept.ledger.read(RENTAL, minute(0));
      expect(heartbeats.map(({ message }) => message.seq)).toEqual([5, 6, 7]);
    });

    it('is evidence as it came, to the last character', async () => {
      await kept.ledger.write([RENTAL], { sequence: 1, at: minute(0) }, beat(minute(0)));
      const { heartbeats } = await kept.ledger.read(RENTAL, minute(0));
      expect(heartbeats).toEqual([{ at: minute(0), message: heartbeat(minute(0)) }]);
    });

    it('reaches back for probes, and is pruned no further than that', async () => {
      const from = minute(60);
      for (const [sequence, at] of [from - PROBE_REACH - 1, from - PROBE_REACH, from].entries()) {
        await kept.ledger.write([RENTAL], { sequence, at }, probed(at));
      }
      expect((await times(from)).probes).toEqual([from - PROBE_REACH, from]);
      await kept.ledger.prune(RENTAL, from);
      expect((await times(minute(0))).probes).toEqual([from - PROBE_REACH, from]);
    });

    it('is forgotten with its rental alone', async () => {
      await kept.ledger.write([RENTAL, OTHER], { sequence: 1, at: minute(0) }, beat(minute(0)));
      await kept.ledger.keepProof(proof('a', 0));
      await kept.ledger.forget(RENTAL);
      expect((await times(minute(0))).heartbeats).toEqual([]);
      expect((await times(minute(0), OTHER)).heartbeats).toEqual([minute(0)]);
      expect(await kept.ledger.proofs(RENTAL)).toEqual([proof('a', 0)]);
    });

    it('is proofs by their hash: another judgement of the same minutes lies beside the first', async () => {
      const { ledger } = kept;
      await ledger.keepProof(proof('c', 60));
      await ledger.keepProof(proof('b', 0));
      await ledger.keepProof(proof('a', 0));
      await ledger.keepProof(proof('a', 0, minute(9)));
      expect(await ledger.proofs(RENTAL)).toEqual([proof('a', 0), proof('b', 0), proof('c', 60)]);
      expect(await ledger.proofs(OTHER)).toEqual([]);
    });

    it('is proofs to the last character, piece by piece', async () => {
      const { ledger } = kept;
      const body = 'a😀"é\\u0000z';
      await ledger.keepProof({ ...proof('a', 0), body });
      const pieces: string[] = [];
      for (let from = 0, isLast = false; !isLast; from += 2) {
        const piece = await ledger.proofText('a', from, 2);
        if (piece === null) throw new Error('it is not kept');
        pieces.push(piece.text);
        isLast = piece.isLast;
      }
      expect([pieces.join(''), pieces[0]]).toEqual([body, 'a😀']);
      expect(await ledger.proofText('a', 0, 100)).toEqual({ text: body, isLast: true });
      expect(await ledger.proofText('b', 0, 2)).toBeNull();
    });

    it('goes when it was kept long enough, whosever it is', async () => {
      const { ledger } = kept;
      const now = minute(0) + KEEP_EVIDENCE;
      for (const [sequence, at] of [minute(-1), minute(0)].entries()) {
        await ledger.write([RENTAL, OTHER], { sequence, at }, beat(at));
      }
      for (const [sha256, keptUntil] of [
        ['old', now - 1],
        ['young', now],
      ] as const) {
        await ledger.keepProof(proof(sha256, 0, keptUntil));
      }
      await ledger.dropOld(now);
      for (const id of [RENTAL, OTHER]) expect((await times(minute(-1) - MINUTE, id)).heartbeats).toEqual([minute(0)]);
      expect((await ledger.proofs(RENTAL)).map(({ sha256 }) => sha256)).toEqual(['young']);
    });

    it('is the key of each node that enrolled, from its fact', async () => {
      expect(await kept.nodeKeys.of(NODE)).toBeNull();
      for (const told of [enrolled, { type: 'NodeDrained', data: {} } as const]) await foldFact(kept, sealed(told));
      expect(await kept.nodeKeys.of(NODE)).toBe(enrolment.nodeKey);
      expect(await kept.nodeKeys.of(uuid('c', 9))).toBeNull();
    });
  });
}

const sealed = (fact: Parameters<typeof nodeStream.encode>[0]): Envelope => ({
  ...nodeStream.encode(fact),
  ...{ id: uuid('f', 1), stream: `node-${NODE}`, revision: 0, at: iso(minute(0)), by: 'spec' },
  ...{ correlationId: 'spec', causationId: 'spec', prevHash: GENESIS_HASH, hash: GENESIS_HASH },
});
