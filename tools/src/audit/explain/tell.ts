/** One rental's facts told in order, each under its title; minutes that follow one another in one breath. */

import { audit } from '@tokenos/audit/audit';
import type { PaymentData } from '@tokenos/audit/wire';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { tellCredential, tellExpired, tellPayment, tellRequest, tellSeen } from './beginning.js';
import * as bill from './bill.js';
import * as course from './course.js';
import type { Gathered } from './gather.js';
import { tellFailed, tellPlaced, tellStarted } from './machine.js';
import { newMemory, remember, type Memory } from './memory.js';
import { said, type Explanation, type Line, type Said, type Title } from './said.js';

type Teller = readonly [title: Title, tell: (data: never, memory: Memory) => readonly Said[]];

const final: Teller[1] = () => [said('settlement@1', 'that payment is final: it can be handed out')];

const TELLERS: Readonly<Record<string, Teller>> = {
  'RentalRequested.v1': ['Request', tellRequest],
  'CredentialIssued.v1': ['Request', tellCredential],
  'RequestExpired.v1': ['Request', tellExpired],
  'PaymentSeen.v1': ['Payment', (data: PaymentData<'PaymentSeen'>) => tellSeen(data)],
  'PaymentReceived.v1': ['Payment', tellPayment],
  'PaymentFinalized.v1': ['Payment', final],
  'PaymentVanished.v1': ['Payment', course.tellUnpaid],
  'RentalPlaced.v1': ['Machine', tellPlaced],
  'PlacementFailed.v1': ['Machine', tellFailed],
  'RentalStarted.v1': ['Course', tellStarted],
  'RentalInterrupted.v1': ['Course', course.tellInterrupted],
  'RentalResumed.v1': ['Course', course.tellResumed],
  'BuyerReturned.v1': ['Course', course.tellReturned],
  'ExtensionQuoted.v1': ['Course', course.tellOffer],
  'RentalExtended.v1': ['Course', course.tellExtended],
  'PreemptionNoticed.v1': ['Course', course.tellNotice],
  'PreemptionDelivered.v1': ['Course', course.tellDelivered],
  'CheckpointRequested.v1': ['Course', course.tellCheckpointAsked],
  'CheckpointSaved.v1': ['Course', course.tellCheckpointSaved],
  'RentalHalted.v1': ['Course', course.tellHalted],
  'RentalReleased.v1': ['Course', course.tellReleased],
  'MeterClosed.v1': ['Minutes', course.tellClosed],
  'RentalEnded.v1': ['End', course.tellEnded],
  'AccessRevoked.v1': ['End', course.tellRevoked],
  'SettlementPlanned.v1': ['Bill', bill.tellPlan],
  'SettlementSigned.v1': ['Bill', bill.tellSigned],
  'SettlementExpired.v1': ['Bill', bill.tellResign],
  'SettlementFailed.v1': ['Bill', bill.tellFailedPlan],
  'SettlementConfirmed.v1': ['Bill', bill.tellLanded],
  'SettlementFinalized.v1': ['Bill', bill.tellFinal],
  'RentalSettled.v1': ['Bill', bill.tellSettled],
  'CarbonAttributed.v1': ['Afterwards', bill.tellCarbon],
  'RentalRated.v1': ['Afterwards', bill.tellRating],
};

const TITLES: readonly Title[] = ['Request', 'Payment', 'Machine', 'Course', 'Minutes', 'End', 'Bill', 'Afterwards'];

/** The findings are those of the auditor on these facts alone: what other streams show is for `audit verify` to say. */
export function explain({ stream, facts }: Gathered): Explanation {
  const memory = newMemory();
  const lines = new Map<Title, Line[]>(TITLES.map((title) => [title, []]));
  const add = (title: Title, [first, last]: readonly [Envelope, Envelope], told: readonly Said[]): void => {
    const revisions = [first.revision, last.revision] as const;
    for (const one of told) lines.get(title)?.push({ ...one, stream: first.stream, revisions, at: last.at });
  };
  for (const block of blocksOf(facts)) {
    const [first] = block;
    const last = block.at(-1) ?? first;
    if (first.type === 'UsageMetered.v1') {
      const usage = block.map(({ data }) => data as never);
      add('Minutes', [first, last], course.tellMinutes(usage, memory));
    } else tellOne(first, memory, (title, told) => add(title, [first, last], told));
  }
  const sections = TITLES.map((title) => ({ title, lines: lines.get(title) ?? [] }));
  const { findings } = audit(facts, { partial: true });
  return { rental: stream, sections: sections.filter((section) => section.lines.length > 0), findings };
}

function tellOne(fact: Envelope, memory: Memory, add: (title: Title, told: readonly Said[]) => void): void {
  const teller = TELLERS[fact.type];
  if (teller === undefined) {
    add('Course', [said('undecodable', `${fact.type}, of which nothing is known here`)]);
    return;
  }
  const [title, tell] = teller;
  try {
    remember(memory, fact.type, fact.data as never);
    add(title, tell(fact.data as never, memory));
  } catch {
    add(title, [said('undecodable', `${fact.type}, which cannot be read`)]);
  }
}

type Block = readonly [Envelope, ...Envelope[]];

/** Each fact by itself, but for minutes of one attempt with nothing between them that has to do with minutes. */
function blocksOf(facts: readonly Envelope[]): readonly Block[] {
  const blocks: [Envelope, ...Envelope[]][] = [];
  let open: [Envelope, ...Envelope[]] | null = null;
  for (const fact of facts) {
    const attempt = attemptOf(fact);
    if (attempt !== null && open !== null && attemptOf(open[0]) === attempt) open.push(fact);
    else {
      const block: [Envelope, ...Envelope[]] = [fact];
      blocks.push(block);
      if (attempt !== null) open = block;
    }
  }
  return blocks;
}

const attemptOf = ({ type, data }: Envelope): number | null =>
  type === 'UsageMetered.v1' ? (data as { readonly attempt: number }).attempt : null;
