/** Who gets what, in words: the charge by groups of minutes, the fee, what each payee is due, and by which transaction it came. */

import { carbonMg, withPue } from '@tokenos/audit/carbon';
import { fee, price } from '@tokenos/audit/price';
import type { Memory } from './memory.js';
import { said, type DataOf, type Said } from './said.js';
import { many, sum, usdc, when } from './words.js';

type Planned = DataOf<'SettlementPlanned'>;

const KINDS: Readonly<Record<Planned['kind'], string>> = {
  interim: 'the operator is paid for what was served so far',
  final: 'the money is divided',
  return: 'money goes back',
  correction: 'the platform puts something right',
};

export function tellPlan(planned: Planned, memory: Memory): readonly Said[] {
  const { kind, planId, paidMicroUsdc, feeBps, groups, transfers, freeMinutes = 0, shortfallMicroUsdc, why } = planned;
  const lines: Said[] = [
    said('settlement@1', `${KINDS[kind]} (plan ${planId}, ${kind})${why === undefined ? '' : `: ${why}`}`),
  ];
  const paid = BigInt(paidMicroUsdc);
  const added = BigInt(shortfallMicroUsdc ?? '0');
  lines.push(
    said('I1', `${usdc(paid)} were paid, and are final${added > 0n ? `; the platform adds ${usdc(added)}` : ''}`),
  );
  if (freeMinutes > 0)
    lines.push(said('promise@1', `${many(freeMinutes, 'served minute')} are free, for the late start`));
  let purse = paid + added;
  let charged = 0n;
  const operators = new Map<string, bigint>();
  for (const group of groups) {
    const { operatorId, operatorWallet, rateMicroUsdcPerHour: rate, tierBps, gpuCount, minutes } = group;
    const full = price({ rate: BigInt(rate), tierBps, gpuCount, minutes });
    const charge = full < purse ? full : purse;
    const own = fee(charge, feeBps);
    purse -= charge;
    charged += charge;
    operators.set(operatorWallet, (operators.get(operatorWallet) ?? 0n) + charge - own);
    lines.push(
      said('settlement@1', `operator ${operatorId}: ${many(minutes, 'minute')} billed`),
      said('pricing@1', sum(`charge = floor(${rate} x ${tierBps} x ${gpuCount} x ${minutes} / (60 x 10000))`, full)),
      ...(charge < full ? [said('settlement@1', sum('charge = no more than there is', charge))] : []),
      said('settlement@1', sum(`fee = floor(${charge} x ${feeBps} / 10000)`, own)),
      said('settlement@1', sum(`operator = ${charge} - ${own}`, charge - own)),
    );
  }
  if (kind === 'final' || kind === 'return') {
    lines.push(said('settlement@1', sum(`back = ${paid + added} - ${charged}`, paid + added - charged)));
  }
  for (const { role, to, amountMicroUsdc } of transfers) {
    const before = handedOut(memory, role, to);
    const amount = BigInt(amountMicroUsdc);
    const due = role === 'operator' ? operators.get(to) : undefined;
    const less =
      before === 0n ? '' : `, of ${due === undefined ? 'all' : usdc(due)} with the ${usdc(before)} of earlier plans`;
    lines.push(said('I2', `${usdc(amount)} to ${role === 'refund' ? 'the buyer' : 'the operator'}, ${to}${less}`));
  }
  memory.plans.push({ planned, failed: false });
  return lines;
}

/** To this payee by the plans before, but for those that failed. */
function handedOut({ plans }: Memory, role: string, to: string): bigint {
  const transfers = plans.filter(({ failed }) => !failed).flatMap(({ planned }) => planned.transfers);
  return transfers
    .filter((one) => one.role === role && one.to === to)
    .reduce((total, { amountMicroUsdc }) => total + BigInt(amountMicroUsdc), 0n);
}

export const tellSigned = ({ planId, signature }: DataOf<'SettlementSigned'>): readonly Said[] => [
  said('I6', `plan ${planId} is signed before it is sent: transaction ${signature}`),
];
export const tellLanded = ({ planId, slot, blockTime }: DataOf<'SettlementConfirmed'>): readonly Said[] => [
  said('I6', `plan ${planId} has landed in slot ${slot}, ${when(blockTime)}`),
];
export const tellFinal = ({ planId, signature }: DataOf<'SettlementFinalized'>): readonly Said[] => [
  said('I6', `plan ${planId} is final: everyone in it has theirs by transaction ${signature}`),
];
export const tellResign = ({ planId, finalizedBlockHeight }: DataOf<'SettlementExpired'>): readonly Said[] => [
  said('I6', `plan ${planId} can never land any more (block ${finalizedBlockHeight} is final): it is signed anew`),
];
export function tellFailedPlan({ planId, error }: DataOf<'SettlementFailed'>, { plans }: Memory): readonly Said[] {
  const failed = plans.find(({ planned }) => planned.planId === planId);
  if (failed !== undefined) failed.failed = true;
  return [said('I6', `plan ${planId} landed with an error and moved nothing: ${error}`)];
}

export function tellSettled(settled: DataOf<'RentalSettled'>): readonly Said[] {
  const { paidMicroUsdc: paid, operatorMicroUsdc, feeMicroUsdc, refundedMicroUsdc, shortfallMicroUsdc } = settled;
  const added = shortfallMicroUsdc === undefined ? '' : ` + ${shortfallMicroUsdc} added`;
  return [
    said(
      'I1',
      `the books are closed: ${paid} paid${added} = ${operatorMicroUsdc} operators + ${feeMicroUsdc} fee + ${refundedMicroUsdc} back`,
    ),
  ];
}

export function tellCarbon({ groups, mg, mgWithPue }: DataOf<'CarbonAttributed'>): readonly Said[] {
  const figures = groups.flatMap((group) => {
    const { nodeId, minutes, gpuCount, tdpWatts, country, intensity, intensityScale: scale, puePercent } = group;
    const own = carbonMg(group);
    const how = `floor(${minutes} min x ${gpuCount} x ${tdpWatts} W x ${intensity} / (60 x ${scale}))`;
    return [
      said('carbon@1', `${nodeId} in ${country}: ${how} = ${own} mg of CO2`),
      ...(puePercent === null
        ? []
        : [
            said(
              'carbon@1',
              `with a PUE of ${puePercent}%: floor(${own} x ${puePercent} / 100) = ${withPue(own, puePercent)} mg`,
            ),
          ]),
    ];
  });
  const pue = mgWithPue === null ? '' : `, ${mgWithPue} mg with PUE`;
  return [...figures, said('carbon@1', `in all ${mg} mg${pue}, without the host's own power`)];
}

export const tellRating = ({ stars }: DataOf<'RentalRated'>): readonly Said[] => [
  said('reputation@1', `the buyer gives ${stars} of 5 stars`),
];
