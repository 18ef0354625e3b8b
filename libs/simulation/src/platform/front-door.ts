/** The gateway's part of a story: what buyers and operators ask for becomes facts by the gateway's own commands, without HTTP. */

import { seal } from '@tokenos/contracts/envelope/seal';
import { usernameFor } from '@tokenos/contracts/agent/username';
import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { StreamKind } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { GatewayNodeCommand, NodeFact, NodeState } from '@tokenos/domain/node/node';
import { DEFAULT_FEE_BPS, type Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { GatewayCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import { MINUTE, type Millis } from '@tokenos/domain/time';
import { createHandler, type Handled, type Handler } from '@tokenos/runtime/handle';
import type { Ids } from '@tokenos/runtime/ids';
import { address } from '../world/addresses.js';
import type { Chain } from '../world/chain.js';
import type { Ground } from './ground.js';

const rentals: StreamKind<RentalState, GatewayCommand, RentalFact> = rentalStream;
const nodes: StreamKind<NodeState, GatewayNodeCommand, NodeFact> = nodeStream;

export interface Asked {
  readonly rentalId: string;
  readonly buyer: string;
  readonly tier: Tier;
  readonly minutes: number;
  readonly gpuCount?: number;
  readonly maxWaitMs?: Millis;
  /** The highest on-demand rate per GPU-hour. */
  readonly capMicroUsdcPerHour: bigint;
}

export class FrontDoor {
  private readonly act: Handler;
  private readonly ids: Ids;
  private quotes = 0;

  constructor(
    { store, timeline: clock, ids }: Ground,
    private readonly chain: Chain,
  ) {
    this.ids = ids;
    this.act = createHandler({ store, clock, ids, by: 'gateway', seal });
  }

  async register(operatorId: string, wallet: string): Promise<void> {
    await this.done(
      this.act.handle(operatorStream, operatorId, () => ({ type: 'RegisterOperator', operatorId, wallet })),
    );
  }

  async node(nodeId: string, command: GatewayNodeCommand): Promise<void> {
    await this.done(this.act.handle(nodes, nodeId, () => command));
  }

  /** Gives what to pay. */
  async request(asked: Asked): Promise<{ readonly totalMicroUsdc: bigint; readonly reference: string }> {
    const { rentalId, buyer, tier, minutes, gpuCount = 1, maxWaitMs = MINUTE, capMicroUsdcPerHour } = asked;
    this.quotes += 1;
    const reference = address(`Ref${this.quotes}x`);
    const { mint, treasury } = this.chain;
    const state = await this.done(
      this.act.handle(rentals, rentalId, (at) => ({
        type: 'RequestRental',
        ...{ at, rentalId, buyerId: buyer, feeBps: DEFAULT_FEE_BPS },
        terms: {
          ...{ gpuTier: 'H100', gpuCount, tier, minutes, maxWaitMs },
          ...{ region: null, minReputationBps: null, label: null },
        },
        capMicroUsdcPerHour: usdc(capMicroUsdcPerHour),
        surplusMicroUsdc: usdc(BigInt(this.quotes)),
        payment: { mint, treasury: treasury.wallet, reference, refundTo: null },
      })),
    );
    if (state.status === 'absent') throw new Error(`${rentalId} was requested and is not there`);
    await this.rental(rentalId, (at) => ({
      ...{ type: 'IssueCredential', at, username: usernameFor(rentalId) },
      keys: [{ publicKey: `ssh-ed25519 ${buyer}`, fingerprint: `SHA256:${buyer}` }],
    }));
    return { totalMicroUsdc: state.rental.quote.totalMicroUsdc, reference };
  }

  /** Gives what to pay for that many minutes more. */
  async extend(rentalId: string, minutes: number): Promise<{ totalMicroUsdc: bigint; reference: string }> {
    this.quotes += 1;
    const reference = address(`Ref${this.quotes}x`);
    const quote = { extensionId: this.ids.next(), minutes, reference, surplusMicroUsdc: usdc(BigInt(this.quotes)) };
    const state = await this.done(
      this.act.handle(rentals, rentalId, (at) => ({ type: 'QuoteExtension', at, ...quote })),
    );
    const extensions = state.status === 'absent' ? [] : state.rental.extensions;
    const found = extensions.find(({ extensionId }) => extensionId === quote.extensionId);
    if (found === undefined) throw new Error(`${rentalId} was offered no more minutes`);
    return { totalMicroUsdc: found.totalMicroUsdc, reference };
  }

  async rental(rentalId: string, command: (at: Millis) => GatewayCommand): Promise<void> {
    await this.done(this.act.handle(rentals, rentalId, command));
  }

  async state(rentalId: string): Promise<RentalState> {
    return (await this.act.load(rentals, rentalId)).state;
  }

  private async done<State, Fact>(asked: Promise<Handled<State, Fact>>): Promise<State> {
    const handled = await asked;
    if (handled.kind === 'rejected') throw new Error(`refused: ${handled.rejection.code}`);
    return handled.state;
  }
}
