/** Amounts, rates and times as people write them. */

import { formatUsdc, type MicroUsdc } from '@tokenos/domain/money';
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '@tokenos/domain/time';

export const money = (amount: MicroUsdc): string => `${formatUsdc(amount)} USDC`;

export const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `2d 03:04:05.678` since the story began; days only where there are any. */
export function since(start: Millis, at: Millis): string {
  const after = at - start;
  const two = (value: number): string => `${Math.floor(value)}`.padStart(2, '0');
  const days = Math.floor(after / DAY);
  const clock = `${two((after % DAY) / HOUR)}:${two((after % HOUR) / MINUTE)}:${two((after % MINUTE) / SECOND)}`;
  return `${days > 0 ? `${days}d ` : ''}${clock}.${`${after % SECOND}`.padStart(3, '0')}`;
}
