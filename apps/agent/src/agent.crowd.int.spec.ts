/** A crowd at the door: who says nothing, or next to nothing, keeps neither buyers nor the platform's probes out. */

import { connect } from 'node:net';
import { once } from 'node:events';
import { probeAnswer } from '@tokenos/contracts/agent/protocol';
import { Buyer } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { type Idlers, idleAt } from './testing/idlers.js';
import { type RentedNode, rentedNode } from './testing/rented-node.js';

const IDLE = 130;
let node: RentedNode;
let idlers: Idlers | null = null;
beforeAll(async () => {
  node = await rentedNode();
}, 60_000);
afterEach(() => idlers?.stop());
afterAll(() => node.close());

describe('with a crowd of 130 at the same address that comes back whenever it is sent away', () => {
  it.each([
    ['says nothing', ''],
    ['says what an ssh client says first', 'SSH-2.0-idle\r\n'],
  ])(
    'which %s, every login and every probe comes in',
    async (_, says) => {
      const { gateway, lease, buyer, probeKey } = node;
      idlers = idleAt(gateway.node.sshPort, IDLE, says);
      const crowd = idlers;
      await eventually(() => expect(crowd.connections()).toBeGreaterThan(IDLE));
      const probe = new Buyer(gateway.node, lease.username, probeKey);
      for (let n = 0; n < 6; n += 1) {
        const nonce = n.toString(16).padStart(32, '0');
        const { out, err } = await probe.ssh(`challenge ${nonce}`);
        expect(err).toBe('');
        expect(probeAnswer.parse(JSON.parse(out))).toMatchObject({ rentalId: lease.rentalId, nonce });
        expect(await buyer.ssh('echo in')).toEqual({ code: 0, out: 'in\n', err: '' });
        expect(crowd.open()).toBeGreaterThan(50);
      }
      expect(crowd.connections()).toBeGreaterThan(2 * IDLE);
    },
    60_000,
  );
});

describe('a connection that agrees on no keys', () => {
  it('is closed after three seconds', async () => {
    const socket = connect(node.gateway.node.sshPort, '127.0.0.1').resume();
    await once(socket, 'connect');
    const since = performance.now();
    await once(socket, 'close');
    expect(performance.now() - since).toBeGreaterThan(2_500);
    expect(performance.now() - since).toBeLessThan(8_000);
  }, 15_000);
});
