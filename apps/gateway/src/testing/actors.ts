/** The others, as the gateway meets them: an operator's machine, and the services whose facts move a rental along. */

import { AGENT_PROTOCOL, type EnrolRequest, type Heartbeat } from '@tokenos/contracts/agent/protocol';
import { encodeNodeKey, helloText, signMessage, signText } from '@tokenos/contracts/agent/signature';
import { usernameFor } from '@tokenos/contracts/agent/username';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import { UNFIT_REASONS } from '@tokenos/domain/placement/receipt';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { createHandler, type Handler } from '@tokenos/runtime/handle';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import type { TestGateway } from './with-gateway.js';

export const WALLET = 'J1S9H3QjnRtBbbuD4HjPV6RpRhwuk4zKbxsnCHuTgh9w';
const SIGNATURE = '5'.repeat(88);
const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ1mJt0Zp0pQnTDqDPEkQpEpTiZm2dQ1tQ8lS0eVZQ1';

/** Everyone but the gateway, as far as facts go. */
export class Others {
  constructor(private readonly gateway: TestGateway) {}

  rental(rentalId: string, command: (at: number) => RentalCommand) {
    return this.act.handle(rentalStream, rentalId, command);
  }

  verify(nodeId: string) {
    return this.act.handle(nodeStream, nodeId, () => ({ type: 'VerifyNode', hostKey: HOST_KEY }));
  }

  /** Pays what is asked, places it on that machine, starts it. */
  async run(rentalId: string, machine: TestMachine): Promise<void> {
    await this.pay(rentalId);
    await this.place(rentalId, machine);
    await this.rental(rentalId, (at) => ({ type: 'StartRental', attempt: 1, at }));
  }

  async pay(rentalId: string): Promise<void> {
    const { state } = await this.act.load(rentalStream, rentalId);
    if (state.status !== 'requested') throw new Error(`it is ${state.status}`);
    const amountMicroUsdc = state.rental.quote.totalMicroUsdc;
    const paid = { signature: SIGNATURE, amountMicroUsdc, payer: WALLET, slot: 1, genesisHash: WALLET };
    await this.rental(rentalId, (at) => ({ type: 'RecordPayment', payment: { ...paid, blockTime: at } }));
  }

  /** Pays an extension what it asks for. */
  async payExtension(rentalId: string, extensionId: string): Promise<void> {
    const { state } = await this.act.load(rentalStream, rentalId);
    if (state.status !== 'running') throw new Error(`it is ${state.status}`);
    const offer = state.rental.extensions.find((extension) => extension.extensionId === extensionId);
    if (offer === undefined) throw new Error('it was not offered');
    const paid = { signature: '4'.repeat(88), payer: WALLET, slot: 2, genesisHash: WALLET, extensionId };
    const amountMicroUsdc = offer.totalMicroUsdc;
    const payment = { ...paid, amountMicroUsdc };
    await this.rental(rentalId, (at) => ({ type: 'RecordPayment', payment: { ...payment, blockTime: at } }));
  }

  async place(rentalId: string, { nodeId, operatorId, gpuUuid }: TestMachine): Promise<void> {
    const rateMicroUsdcPerHour = usdc(5_840_000n);
    const unfit = Object.fromEntries(UNFIT_REASONS.map((reason) => [reason, 0])) as RentalPlaced['receipt']['unfit'];
    const hash = '0'.repeat(64);
    const receipt = {
      rules: 'placement@1',
      capMicroUsdcPerHour: rateMicroUsdcPerHour,
      best: [],
      unfit,
      fullListSha256: hash,
    };
    const endpoint = { host: '127.0.0.1', port: 2222, username: usernameFor(rentalId), hostKey: HOST_KEY };
    const gpus = [{ uuid: gpuUuid, leaseEpoch: 1 }];
    const placed = { attempt: 1, nodeId, operatorId, gpus, rateMicroUsdcPerHour, endpoint, receipt };
    await this.rental(rentalId, (at) => ({ type: 'PlaceRental', placed: { ...placed, placedAt: at } }));
  }

  private get act(): Handler {
    const { store, clock, ids } = this.gateway.service.resources;
    return createHandler({ store, clock, ids, by: 'others', seal });
  }
}

/** One machine with one H100, simulated. */
export class TestMachine {
  readonly keys = generateKeyPairSync('ed25519');
  readonly nodeId: string;
  readonly gpuUuid: string;
  private seq = 0;

  constructor(
    private readonly gateway: TestGateway,
    readonly operatorId: string,
  ) {
    const { ids } = gateway.service.resources;
    this.nodeId = ids.next();
    this.gpuUuid = `GPU-${ids.next()}`;
  }

  enrolment(token: string): EnrolRequest {
    return {
      token,
      nodeId: this.nodeId,
      nodeKey: encodeNodeKey(this.keys.publicKey),
      gpuTier: 'H100',
      gpus: [{ uuid: this.gpuUuid, model: 'NVIDIA H100 80GB HBM3', healthy: true }],
      simulated: true,
      region: 'eu-west',
      country: 'NL',
      sshHost: '127.0.0.1',
      sshPort: 2222,
      hostKey: HOST_KEY,
    };
  }

  hello(nonce: string, key: KeyObject = this.keys.privateKey) {
    const signature = signText(helloText(nonce, this.nodeId), key);
    return { type: 'hello', protocol: AGENT_PROTOCOL, nodeId: this.nodeId, signature };
  }

  heartbeat(key: KeyObject = this.keys.privateKey): Heartbeat {
    const { clock, ids } = this.gateway.service.resources;
    const gpus = [{ uuid: this.gpuUuid, model: 'NVIDIA H100 80GB HBM3', healthy: true }];
    const body = {
      protocol: AGENT_PROTOCOL,
      nodeId: this.nodeId,
      seq: this.seq++,
      bootId: ids.next(),
      sentAt: new Date(clock.now()).toISOString(),
      gpus,
      leases: [],
    } as const;
    return signMessage({ ...body, gpus, leases: [] }, key);
  }

  /** As if its socket were open: what presence hears. */
  async isThere(): Promise<void> {
    await this.gateway.service.resources.bus.publishStored(telemetryHeartbeat(this.nodeId), this.heartbeat());
  }
}

/** Registers an operator, enrols a machine at 5.84, verifies it, and lets it be heard. */
export async function machineOnline(gateway: TestGateway, operatorId = 'operator-1'): Promise<TestMachine> {
  const token = await gateway.token(operatorId, ['operator']);
  await gateway.call('POST', '/v1/operator', { token, json: { payoutWallet: WALLET } });
  const issued = await gateway.call('POST', '/v1/operator/nodes', { token, json: { hourlyPrice: '5.84' } });
  const machine = new TestMachine(gateway, operatorId);
  const json = machine.enrolment(issued.body['token'] as never);
  const enrolled = await gateway.call('POST', '/v1/operator/agent/enrol', { json });
  if (enrolled.status !== 201) throw new Error(enrolled.text);
  await new Others(gateway).verify(machine.nodeId);
  await machine.isThere();
  await eventually(async () => {
    const { body } = await gateway.call('GET', '/v1/public/offers');
    const offers = body['items'] as { nodeId: string; online: boolean }[];
    expect(offers.find(({ nodeId }) => nodeId === machine.nodeId)?.online).toBe(true);
  });
  return machine;
}

/** Tries until it passes, for at most five seconds. */
export async function eventually(attempt: () => unknown): Promise<void> {
  for (const until = performance.now() + 5_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}
