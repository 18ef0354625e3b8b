/** Every service of the platform in one process, with the machines, the chain and the front door that a story needs. */

import { address, uuid } from '../world/addresses.js';
import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { usdc } from '@tokenos/domain/money';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { memoryEventStore } from '@tokenos/runtime/event-store/memory';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { createSignals, type Log } from '@tokenos/runtime/service/signals';
import { CALM, type Mischief } from '../kernel/mischief.js';
import type { KeptProof } from '@tokenos/metering/repositories/port';
import { seeded, seededIds } from '../kernel/seeded.js';
import { Timeline } from '../kernel/timeline.js';
import { Chain } from '../world/chain.js';
import { Machine } from '../world/machine.js';
import { allocation } from './allocation.js';
import { Bus } from './bus.js';
import { FrontDoor } from './front-door.js';
import type { Ground } from './ground.js';
import { metering } from './metering.js';
import { Service } from './service.js';
import { settlement } from './settlement.js';
import { preemption } from './preemption.js';
import { carbon } from './carbon.js';
import { reputation } from './reputation.js';

export const START_AT: Millis = Date.UTC(2026, 10, 23, 10);

const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNpbXVsYXRlZHNpbXVsYXRlZHNpbXVsYXRlZHNpbXVs';
const MODEL = 'NVIDIA H100 80GB HBM3';
/** Every machine is verified by then. */
export const STAGE_IS_SET_AFTER: Millis = 30 * SECOND;

export interface MachineOnStage {
  /** Names it, its operator (unless `operator` says otherwise), its key and its GPUs. */
  readonly number: number;
  readonly operator?: number;
  readonly gpuCount: number;
  readonly rateMicroUsdcPerHour: bigint;
}

export interface PlatformOptions {
  readonly seed: number;
  readonly machines: readonly MachineOnStage[];
  readonly mischief?: Mischief;
  /** Takes together what repeats without consequence; unless processes die, when every step counts. */
  readonly hurries?: boolean;
  /** Every heartbeat is signed, and every proof is kept, for an auditor to see. */
  readonly keepsEvidence?: boolean;
}

export const operatorId = (number: number): string => uuid('b', number);
export const operatorWallet = (number: number): string => address(`Host${number}x`);

export class Platform {
  readonly timeline: Timeline;
  readonly bus: Bus;
  readonly chain: Chain;
  readonly door: FrontDoor;
  readonly machines = new Map<number, Machine>();
  readonly services: readonly Service[];
  readonly ground: Ground;
  /** Where evidence is kept; empty otherwise. */
  readonly proofs: KeptProof[] = [];
  private readonly hearers: ((envelope: Envelope) => void)[] = [];
  private isWild = false;

  constructor(private readonly options: PlatformOptions) {
    const { seed, mischief = CALM, hurries = mischief.lifeSteps === 0 } = options;
    const random = seeded(seed);
    this.timeline = new Timeline({ startAt: START_AT, random, woven: mischief.lifeSteps > 0 });
    const { timeline } = this;
    this.ground = {
      ...{ timeline, random, mischief, hurries },
      ids: seededIds(timeline, random),
      store: this.watched(memoryEventStore()),
      signals: createSignals(silent),
      isWild: () => this.isWild && mischief.lifeSteps > 0,
    };
    this.bus = new Bus(this.ground);
    this.chain = new Chain(timeline);
    this.door = new FrontDoor(this.ground, this.chain);
    const sign = (heartbeat: Heartbeat): Heartbeat => machine(heartbeat.nodeId)?.sign(heartbeat) ?? heartbeat;
    const meter = metering(this.ground, options.keepsEvidence === true ? { sign, proofs: this.proofs } : null);
    for (const machine of options.machines) {
      const gpus = Array.from({ length: machine.gpuCount }, (_, index) => `GPU-${machine.number}-${index + 1}`);
      const world = {
        ...{ timeline, hurries },
        send: (subject: string, payload: unknown, quietly: boolean) =>
          this.bus.telemetry(subject, payload, { quietly }),
        passedOver: meter.heartbeatsPassedOver,
      };
      this.machines.set(machine.number, new Machine(world, { number: machine.number, gpus, model: MODEL }));
    }
    const { bus, chain } = this;
    const byId = new Map([...this.machines.values()].map((machine) => [machine.nodeId, machine]));
    const machine = (nodeId: string): Machine | undefined => byId.get(nodeId);
    const blueprints = [
      allocation(this.ground, { bus, machine, hostKey: HOST_KEY, probesPassedOver: meter.probesPassedOver }),
      meter,
      settlement(this.ground, chain),
      preemption(this.ground),
      reputation(this.ground),
      carbon(),
    ];
    this.services = blueprints.map((blueprint) => new Service(this.ground, blueprint));
  }

  /** Machines enrolled, priced, verified and idle; from here on things may go wrong. */
  async setStage(): Promise<void> {
    for (const service of this.services) {
      this.bus.connect(service);
      this.timeline.after(0, () => service.start());
    }
    for (const machine of this.options.machines) await this.enrol(machine);
    // What the story will do then is not known yet, and nothing may be passed over beyond it.
    this.timeline.at(START_AT + STAGE_IS_SET_AFTER + 1, () => undefined);
    await this.timeline.run(START_AT + STAGE_IS_SET_AFTER);
    this.isWild = true;
    // Those that were started while nothing could go wrong would live for ever.
    if (this.ground.isWild()) for (const service of this.services) service.kill();
  }

  service(name: string): Service {
    const found = this.services.find((service) => service.name === name);
    if (found === undefined) throw new Error(`no service is called ${name}`);
    return found;
  }

  /** Hears of every fact at the moment it is appended. */
  onFact(hear: (envelope: Envelope) => void): void {
    this.hearers.push(hear);
  }

  async facts(): Promise<readonly Envelope[]> {
    return (await this.ground.store.readAll(null, Number.MAX_SAFE_INTEGER)).map(({ envelope }) => envelope);
  }

  private async enrol({ number, operator = number, gpuCount, rateMicroUsdcPerHour }: MachineOnStage): Promise<void> {
    const machine = this.machines.get(number);
    if (machine === undefined) return;
    const { nodeId, nodeKey } = machine;
    await this.door.register(operatorId(operator), operatorWallet(operator));
    const gpus = Array.from({ length: gpuCount }, (_, index) => ({ uuid: `GPU-${number}-${index + 1}`, model: MODEL }));
    const where = { region: 'eu-central', country: 'DE', sshHost: `machine-${number}.example`, sshPort: 2222 };
    const node = { nodeId, operatorId: operatorId(operator), nodeKey, gpuTier: 'H100', gpus, simulated: true };
    await this.door.node(nodeId, { type: 'EnrolNode', node: { ...node, ...where, hostKey: HOST_KEY } });
    const rate = usdc(rateMicroUsdcPerHour);
    await this.door.node(nodeId, { type: 'PriceNode', rateMicroUsdcPerHour: rate });
    this.bus.socket(nodeId, (desired) => machine.hear(desired));
    machine.start();
  }

  private watched(store: EventStore): EventStore {
    return {
      ...store,
      append: async (stream, expected, envelopes) => {
        const before = (await store.read(stream, expected + 1)).length;
        await store.append(stream, expected, envelopes);
        if (before > 0) return;
        for (const envelope of envelopes) for (const hear of this.hearers) hear(envelope);
        this.bus.appended(envelopes);
      },
    };
  }
}

const ignore = (): void => undefined;
const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
