import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Buyer, firstLine, type Running } from './testing/buyer.js';
import { eventually } from './testing/eventually.js';
import { processesWith } from './testing/host-processes.js';
import { type RentedNode, rentedNode } from './testing/rented-node.js';

/** A server inside the sandbox that answers every connection with a greeting, on a port it prints. */
const serve = (greeting: string): string =>
  `/run/tokenos/agent/node -e 'require("node:net").createServer(s=>s.end("${greeting}")).listen(0,"127.0.0.1",function(){console.log(this.address().port)})'`;

let node: RentedNode;
let buyer: RentedNode['buyer'];
let data: RentedNode['data'];
let gateway: RentedNode['gateway'];
let lease: RentedNode['lease'];
beforeAll(async () => {
  node = await rentedNode();
  ({ buyer, data, gateway, lease } = node);
}, 60_000);
afterAll(() => node.close());

describe('a local forward', () => {
  let host: Server;
  beforeAll(async () => {
    host = createServer((_request, response) => response.end('the operator')).listen(0, '127.0.0.1');
    await once(host, 'listening');
  });
  afterAll(() => host.close());

  it('reaches a server in the sandbox', async () => {
    const server = buyer.start(serve('from inside'));
    const port = await firstLine(server);
    const { out } = await buyer.ssh('cat', '', '-W', `127.0.0.1:${port}`);
    server.child.kill();
    expect(out).toBe('from inside');
  });

  it('does not reach the loopback of the host', async () => {
    const { port } = host.address() as AddressInfo;
    const { code, out } = await buyer.ssh('', 'GET / HTTP/1.0\r\n\r\n', '-W', `127.0.0.1:${port}`);
    expect(out).not.toContain('the operator');
    expect(code).not.toBe(0);
  });

  it('is the only kind: remote and agent forwarding are refused', async () => {
    const remote = await buyer.ssh('true', '', '-o', 'ExitOnForwardFailure=yes', '-R', '0:127.0.0.1:22');
    expect(remote.code).toBe(255);
    const agentForward = await buyer.ssh('echo "[$SSH_AUTH_SOCK]"', '', '-A');
    expect(agentForward.out).toBe('[]\n');
  });
});

describe('the end of a lease', () => {
  it('kills the open session, its double-forked process and its forward within 5 s, and leaves nothing', async () => {
    const workspace = join(data, 'workspaces', `${lease.rentalId}.1`);
    const marker = `7${randomBytes(3).readUIntBE(0, 3)}`;
    const session = buyer.start(`(setsid sh -c 'setsid sleep ${marker} & exit' >/dev/null 2>&1 &); echo up; sleep 600`);
    expect(await firstLine(session)).toBe('up');
    const server = buyer.start(serve('hello').replace('s.end("hello")', 's.write("hello")'));
    const { forward, client } = await openForward(buyer, await firstLine(server));
    await eventually(() => expect(processesWith(`sleep ${marker}`)).not.toHaveLength(0));
    expect(existsSync(workspace)).toBe(true);
    expect(processesWith(lease.rentalId)).not.toHaveLength(0);

    const gone = Promise.all([session.outcome, server.outcome, forward.outcome, once(client, 'close')]);
    const asked = performance.now();
    gateway.desire({ ...lease, revision: 9, state: 'ended' });
    const report = await gateway.until(lease.rentalId, 'ended', 5_000);
    // Reported only when it is true, so nothing here waits.
    expect(processesWith(`sleep ${marker}`)).toEqual([]);
    expect(processesWith(lease.rentalId)).toEqual([]);
    expect(existsSync(workspace)).toBe(false);
    expect(report).toMatchObject({ sessions: 0, revision: 9 });
    await gone;
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect((await buyer.ssh('true')).code).toBe(255);
  });

  it('stands against older documents and repeated ones', async () => {
    gateway.desire(lease);
    gateway.desire({ ...lease, revision: 12 });
    const before = gateway.heartbeats.length;
    await eventually(() => expect(gateway.heartbeats.length).toBeGreaterThan(before + 2));
    expect(gateway.report(lease.rentalId)?.state).toBe('ended');
    expect((await buyer.ssh('true')).code).toBe(255);
  });
});

/** Through `ssh -L`, connected to the port inside; resolves once the greeting came through. */
async function openForward(by: Buyer, inside: string): Promise<{ readonly forward: Running; readonly client: Socket }> {
  const spare = createServer().listen(0, '127.0.0.1');
  await once(spare, 'listening');
  const { port } = spare.address() as AddressInfo;
  spare.close();
  await once(spare, 'close');
  const forward = by.start('', '-N', '-o', 'ExitOnForwardFailure=yes', '-L', `127.0.0.1:${port}:127.0.0.1:${inside}`);
  const client = await eventually(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  });
  await once(client, 'data');
  return { forward, client };
}
