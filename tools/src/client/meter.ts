/** The buyer's meter socket: every tick and state change, in the order heard. */

import { METER_PROTOCOL, BEARER_PROTOCOL_PREFIX } from '@tokenos/contracts/api/meter-socket';
import { meterMessage, type MeterMessage } from '@tokenos/contracts/api/meter-socket';
import type { Tick } from '@tokenos/contracts/api/meter';
import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface HeardTick extends Tick {
  /** Wall time at this client. */
  readonly heardAtMs: number;
}

export interface Meter {
  readonly ticks: readonly HeardTick[];
  onMessage(listener: (message: MeterMessage) => void): void;
  close(): void;
}

export async function openMeter(gatewayUrl: string, token: string): Promise<Meter> {
  const url = new URL('/v1/buyer/meter', gatewayUrl.replace('http', 'ws'));
  const socket = new WebSocket(url, [METER_PROTOCOL, `${BEARER_PROTOCOL_PREFIX}${token}`]);
  const ticks: HeardTick[] = [];
  const listeners: ((message: MeterMessage) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = meterMessage.parse(JSON.parse(data.toString('utf8')));
    if (message.type === 'tick') ticks.push({ ...message.tick, heardAtMs: Date.now() });
    for (const listener of listeners) listener(message);
  });
  await once(socket, 'open');
  return { ticks, onMessage: (listener) => void listeners.push(listener), close: () => socket.close() };
}
