/** Carbon told to a buyer: the figure, in milligrams and in grams, and every factor. Pure. */

import type { CarbonAnswer } from '@tokenos/contracts/api/carbon';
import type { CarbonAttributed } from '@tokenos/domain/carbon/facts';

const MG_DIGITS = 3;

/** 239442 -> "239.442": always three places. */
export function grams(mg: number): string {
  const digits = String(mg).padStart(MG_DIGITS + 1, '0');
  return `${digits.slice(0, -MG_DIGITS)}.${digits.slice(-MG_DIGITS)}`;
}

export const emitted = ({ mg, mgWithPue }: Pick<CarbonAttributed, 'mg' | 'mgWithPue'>) => ({
  mg,
  grams: grams(mg),
  mgWithPue,
  gramsWithPue: mgWithPue === null ? null : grams(mgWithPue),
});

export const carbonAnswerOf = (carbon: CarbonAttributed, final: boolean): CarbonAnswer => ({
  rules: carbon.rules,
  ...emitted(carbon),
  final,
  hostPowerIncluded: false,
  machines: carbon.groups.map((group) => ({ ...group, intensityUnit: 'g/kWh' as const })),
});
